import CodCore

/// `TutorialTests` runs its like against a store.
func watch(_ pipeline: Pipeline, _ plan: RetrievalPlan) async -> RetrievalReport {
    // begin
    let job = pipeline.job(for: plan)
    let events = job.events  // before the start: it holds what happens from here on
    async let report = job.start()
    for await event in events {
        switch event {
        case .plan(let stats): print("\(stats.transferSizeBytes) bytes to fetch")
        case .progress(let progress): print("\(progress.url): \(progress.bytesReceived) bytes")
        case .save(let save): print("saved \(save.file.path)")
        case .error(let failure): print("failed: \(failure.error)")
        case .complete(let end): print("\(end.saved) saved, \(end.failed) failed")
        default: break
        }
    }
    return await report
    // end
}

internal import Logging
internal import Synchronization

/// One run of a job: asks the scheduler what to do, does it in child tasks, tells what happens.
///
/// What bounds it: as many portions under way as there are connections, one study being finished, one wait between two measurements, the plan itself.
struct JobRun: Sendable {
    private enum Ended: Sendable {
        case portion(Portion, lane: Int, SavedSeries)
        case planning(SeriesID, lane: Int, Result<SeriesReplan, CodError>)
        case study(Result<SavedStudy, CodError>)
        case sampling
        case window
    }

    let pipeline: Pipeline
    let plan: RetrievalPlan
    let options: RetrievalOptions
    /// Sees to it that who listens is not kept waiting for what was emitted.
    let deliver: @Sendable () -> Void
    let emit: @Sendable (RetrievalEvent) -> Void
    let contact: Contact

    func run() async -> RetrievalReport {
        var report = RetrievalReport()
        var files: [Completion.File] = []
        do {
            report.failedCount = plan.series.reduce(0) { $0 + $1.instances.count(where: \.isWanted) }
            try await pipeline.stages.output.prepare(plan)
            for finisher in pipeline.stages.perStudy.finishers { try await finisher.prepare(plan) }
            let work = try await pipeline.work(for: plan, options: options)
            files = work.openFiles
            emit(.plan(DownloadStats(work)))
            tellPlanFailures(work, in: &report)
            if let leftOut = work.leftOut {
                report.leftOutCount = leftOut.instanceCount
                report.leftOutByteCount = leftOut.byteCount
                fail(&report, with: leftOut.error)
            }
            try await pipeline.requireRoom(for: work)
            await retrieve(work, into: &report)
        } catch {
            interrupt(&report, with: error)
        }
        do {
            try await pipeline.stages.output.close()
        } catch {
            let failure = CodError.wrapping(error, in: "Closing the output").reaching(.job)
            if report.interruption == nil { interrupt(&report, with: failure) } else { fail(&report, with: failure) }
        }
        emit(
            .complete(
                Completion(
                    files: files, saved: report.savedCount, skipped: report.skippedCount, failed: report.failedCount,
                    verified: report.verifiedCount)))
        return report
    }

    private func tellPlanFailures(_ work: Work, in report: inout RetrievalReport) {
        for study in work.studies {
            if let failure = study.failure { fail(&report, with: failure) }
            for series in study.series {
                if let failure = series.plan.failure { fail(&report, with: failure.located(in: series.plan.id)) }
                for notice in series.plan.notices {
                    options.logger.notice("\(notice.sentence(for: series.plan.id))")
                }
            }
        }
    }

    private func retrieve(_ work: Work, into report: inout RetrievalReport) async {
        let meters = MeterShelf()
        var scheduler = Scheduler(
            work: work, planner: Planner(policy: options.planning), connectionCount: options.connectionCount,
            canPlanAgain: plan.catalog != nil, namedInstances: plan.selection.instances,
            growth: LaneGrowth(ceiling: options.connectionCount, now: options.timing.now()))
        await withTaskGroup(of: Ended.self) { group in
            group.addTask {
                await meters.reportUntilCancelled(deliver)
                return .sampling
            }
            var underWayCount = 0
            var isMeasuring = false
            while true {
                if let count = scheduler.measured(meters.traffic, now: options.timing.now()) {
                    options.logger.debug("Archives that are read at a time from now on: \(count).")
                }
                while let action = scheduler.next() {
                    underWayCount += 1
                    switch action {
                    case .fetch(let portion, let lane):
                        let meter = meters.meter(for: portion.series) {
                            let work = scheduler.work(of: portion.series)
                            return SeriesMeter(
                                url: portion.archive.url, size: work?.missingByteCount ?? 0, portions: work?.portions ?? [],
                                timing: options.timing, emit: emit)
                        }
                        group.addTask(executorPreference: pipeline.stages.perPortion.executor(lane)) {
                            .portion(portion, lane: lane, await fetch(portion, lane: lane, meter: meter))
                        }
                    case .planAgain(let series, let lane):
                        group.addTask { .planning(series.id, lane: lane, await planAgain(series)) }
                    case .finish(let study):
                        group.addTask { .study(await finish(study)) }
                    }
                }
                if !isMeasuring, let pause = scheduler.measurementPause {
                    isMeasuring = true
                    group.addTask { [timing = options.timing] in
                        try? await timing.sleep(pause)
                        return .window
                    }
                }
                guard underWayCount > 0, let ended = await group.next() else { break }
                switch ended {
                case .portion(let portion, let lane, let result):
                    underWayCount -= 1
                    let ending = scheduler.ended(portion, lane: lane, result: result)
                    meters.meter(for: portion.series)?.ended(portion, again: ending.again)
                    tell(ending, of: scheduler.work(of: portion.series), meters, in: &report)
                    if let error = ending.interruption { stop(&scheduler, &group, because: error, in: &report) }
                case .planning(let series, let lane, let result):
                    underWayCount -= 1
                    let ending = scheduler.plannedAgain(series, lane: lane, result: result)
                    meters.meter(for: series)?.plannedAgain(ending.again)
                    tell(ending, of: scheduler.work(of: series), meters, in: &report)
                    if let error = ending.interruption { stop(&scheduler, &group, because: error, in: &report) }
                case .study(.success(let study)):
                    underWayCount -= 1
                    scheduler.finished(study)
                    tellArtifacts(of: study)
                case .study(.failure(let error)):
                    underWayCount -= 1
                    scheduler.finished(nil)
                    if error.reach == .job {
                        stop(&scheduler, &group, because: error, in: &report)
                    } else {
                        fail(&report, with: error)
                    }
                case .window: isMeasuring = false
                case .sampling: break
                }
            }
            group.cancelAll()
        }
        count(scheduler, into: &report)
        let traffic = meters.traffic
        report.receivedByteCount = traffic.byteCount
        report.retryCount = traffic.retryCount
    }

    /// Tells what failed of a series that has ended.
    private func tell(_ ending: Scheduler.Ending, of series: SeriesWork?, _ meters: MeterShelf, in report: inout RetrievalReport)
    {
        if let limit = ending.laneLimit {
            options.logger.notice(
                "Too many files are open: \(limit == 1 ? "one archive is" : "no more than \(limit) archives are") read at a time from now on."
            )
        }
        guard let outcome = ending.outcome else { return }
        for failure in outcome.failures where failure.reach != .job && failure.code != .limitReached {
            fail(&report, with: failure, url: series?.plan.archive?.url, size: series?.missingByteCount)
        }
        meters.remove(outcome.id)
    }

    private func stop(
        _ scheduler: inout Scheduler, _ group: inout TaskGroup<Ended>, because error: CodError, in report: inout RetrievalReport
    ) {
        scheduler.stop()
        interrupt(&report, with: error)
        group.cancelAll()
    }

    private func fetch(_ portion: Portion, lane: Int, meter: SeriesMeter) async -> SavedSeries {
        meter.started()
        do {
            return try await Lane.$number.withValue(lane) {
                try await pipeline.stages.perPortion.run(portion, context(meter))
            }
        } catch {
            return SavedSeries(id: portion.series, failures: [.endingPortion(error, in: portion.series)])
        }
    }

    private func finish(_ study: SavedStudy) async -> Result<SavedStudy, CodError> {
        do {
            return .success(try await pipeline.stages.perStudy.run(study, context(SeriesMeter(emit: { _ in }))))
        } catch {
            var failure = CodError.wrapping(error, in: "A finisher")
            failure.study = failure.study ?? study.uid
            return .failure(failure.reaching(max(failure.reach, .study)))
        }
    }

    private func context(_ meter: SeriesMeter) -> StageContext {
        StageContext(
            logger: options.logger, meter: meter, retry: options.retry, timing: options.timing, contact: contact,
            verifiesArchives: options.verifiesArchives)
    }

    private func tellArtifacts(of study: SavedStudy) {
        for path in study.artifacts {
            emit(.archive(ClosedArtifact(study: study.uid, path: path, size: FileStatus.ofFile(at: path)?.byteCount)))
        }
    }

    private func count(_ scheduler: Scheduler, into report: inout RetrievalReport) {
        report.studies = scheduler.savedStudies
        report.failedCount = scheduler.failedCount + report.leftOutCount
        for instance in report.studies.lazy.flatMap(\.series).flatMap(\.instances) {
            if instance.isEarlier {
                report.skippedCount += 1
            } else {
                report.savedCount += 1
                report.verifiedCount += instance.isVerified ? 1 : 0
                report.savedByteCount += instance.instance.byteCount
            }
        }
    }

    private func interrupt(_ report: inout RetrievalReport, with error: any Error) {
        guard report.interruption == nil else { return }
        let failure = CodError.wrapping(error, in: "The pipeline").reaching(.job)
        report.interruption = failure
        emit(.error(Failure(url: nil, size: nil, error: failure)))
    }

    private func fail(_ report: inout RetrievalReport, with error: CodError, url: String? = nil, size: Int64? = nil) {
        report.failures.append(error)
        emit(.error(Failure(url: url, size: size, error: error)))
    }
}

extension Work {
    fileprivate var openFiles: [Completion.File] {
        studies.flatMap { study in
            study.series.lazy.filter { !$0.portions.isEmpty }.map {
                Completion.File(url: $0.plan.archive?.url ?? "", size: $0.missingByteCount)
            }
        }
    }
}

import CodCore
import CodTransport

/// What the store holds, and how fast it comes.
extension DoctorRun {
    /// The most studies that are looked for by name.
    private static let namedStudyCount = 20

    mutating func list() async throws -> Diagnosis {
        if let folder = state.folder { return try await list(folder) }
        let probe = try probe()
        guard !state.studies.isEmpty else {
            let (page, seconds) = try await Self.timed { try await probe.firstPage() }
            state.study = page.studies.first
            return .listing(page.studies.count, "study", goesOn: page.goesOn, seconds: seconds)
        }
        let names = state.studies.prefix(Self.namedStudyCount)
        var seriesCount = 0
        var goesOn = false
        let (_, seconds) = try await Self.timed {
            for study in names {
                let page = try await probe.firstPage(ofStudy: study)
                guard !page.series.isEmpty else { throw Self.missing(study, in: options) }
                seriesCount += page.series.count
                goesOn = goesOn || page.goesOn
            }
        }
        state.study = names.first
        return .listing(seriesCount, "series", goesOn: goesOn, seconds: seconds)
    }

    private mutating func list(_ folder: FolderBucket) async throws -> Diagnosis {
        let (found, seconds) = try await Self.timed { try await folder.studies() }
        if let study = state.studies.first(where: { !found.contains($0) }) { throw Self.missing(study, in: options) }
        state.study = state.studies.first ?? found.first
        return .listing(state.studies.isEmpty ? found.count : state.studies.count, "study", goesOn: false, seconds: seconds)
    }

    /// The largest archive of the first study tells most of the way.
    mutating func readMetadata() async throws -> Diagnosis {
        guard let study = state.study else {
            throw CodError(
                .studyNotFound, "The store holds no study.",
                recovery: "Check the bucket and prefix: \"/dicomweb\" is appended to the path of a portal's link.", reach: .job)
        }
        var selection = Selection.everything
        if state.bucket != nil {
            let page = try await probe().firstPage(ofStudy: study)
            let whole = page.series.filter { $0.hasMetadata && $0.archiveByteCount != nil }
            if let best = whole.max(by: { $0.archiveByteCount ?? 0 < $1.archiveByteCount ?? 0 }) { selection.series = [best.uid] }
        }
        let request = RetrievalRequest(studies: [study], selection: selection)
        let catalog: any Catalog = if let folder = state.folder { folder } else { try bucket().catalog }
        let (plan, seconds) = try await Self.timed { try await catalog.plan(request) }
        if let failure = plan.studies.compactMap(\.failure).first { throw failure }
        let readable = plan.series.filter { $0.archive != nil && !$0.instances.isEmpty }
        guard let series = readable.max(by: { $0.archive?.byteCount ?? 0 < $1.archive?.byteCount ?? 0 }) else {
            if let failure = plan.series.compactMap(\.failure).first { throw failure }
            return .warning(
                .metadata, "the study \(study) holds no series with an archive, so no archive is read",
                "Name a study that has instances: cod doctor SOURCE STUDY.")
        }
        state.series = series
        return .metadata(series, seconds: seconds)
    }

    mutating func readInstance() async throws -> Diagnosis {
        guard let series = state.series, let archive = series.archive, let read = InstanceRead(of: series),
            let fetcher = state.fetcher
        else { return Diagnosis(check: .read, verdict: .skipped, message: "There is no instance to read.") }
        let (byteCount, seconds) = try await Self.timed { try await read.run(fetcher) }
        guard let probe = state.probe else {
            return .read(
                byteCount, status: nil, namesGeneration: true, isPinned: true, isVerified: read.hasChecksum, seconds: seconds)
        }
        // Not the archive's first byte: a server that ignores ranges would answer with that, too.
        let range: Range<Int64> = archive.byteCount.map { $0 > 1 ? 1..<min($0, 513) : 0..<max($0, 1) } ?? 0..<512
        let answer = try await probe.ask(for: range, of: archive)
        return .read(
            byteCount, status: answer.status, namesGeneration: answer.namesGeneration, isPinned: archive.generation != nil,
            isVerified: read.hasChecksum, seconds: seconds)
    }

    mutating func measure(_ check: Check) async throws -> Diagnosis {
        guard let archive = state.series?.archive, let fetcher = state.fetcher else {
            return Diagnosis(check: check, verdict: .skipped, message: "There is no archive to read.")
        }
        let count = check == .oneStream ? 1 : 8
        let measurement = StreamMeasurement(fetcher: fetcher, archive: archive, streamCount: count)
        let (byteCount, seconds) = try await measurement.run()
        let before = state.oneStreamRate
        let rate = seconds > 0 ? Double(byteCount) / seconds : 0
        if check == .oneStream { state.oneStreamRate = rate }
        if byteCount >= 4 << 20 { state.bestRate = max(state.bestRate ?? 0, rate) }
        return .stream(check, byteCount, seconds: seconds, before: before, isFolder: state.folder != nil)
    }

    private func bucket() throws(CodError) -> GCSBucket {
        guard let bucket = state.bucket else { throw CodError(.stageFailed, "There is no bucket to look at.") }
        return bucket
    }

    private static func missing(_ study: String, in options: SourceOptions) -> CodError {
        CodError(
            .studyNotFound, "The study \(study) is not in the store.",
            recovery: "Check the identifier, and the store: \"/dicomweb\" is appended to the path of a portal's link.",
            reach: .job)
    }
}

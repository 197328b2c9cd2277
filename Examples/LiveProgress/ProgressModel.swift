import CodCore

/// What a view of a running job shows, made of the job's events: a value, so a view has only to look at it.
///
/// It holds a row a study and the last few failures, whatever the number of instances.
struct ProgressModel: Equatable, Sendable {
    /// A study's row.
    struct Study: Equatable, Sendable, Identifiable {
        /// The study's identifier.
        let id: String
        /// How many instances are wanted of it, and their sizes added up.
        var instanceCount = 0
        var byteCount: Int64 = 0
        /// How much of that is saved, by earlier runs too.
        var savedCount = 0
        var savedByteCount: Int64 = 0
        /// How many failures concern it.
        var failureCount = 0

        /// From 0 to 1.
        var fraction: Double {
            if byteCount > 0 { return min(Double(savedByteCount) / Double(byteCount), 1) }
            return instanceCount > 0 ? min(Double(savedCount) / Double(instanceCount), 1) : 1
        }

        var isSaved: Bool { savedCount >= instanceCount && failureCount == 0 }
    }

    /// Something that failed, in words.
    struct Problem: Equatable, Sendable {
        /// Study, series and instance, as far as they are known.
        let place: String
        let message: String
    }

    /// How many failures are kept in words; all are counted.
    static let keptProblemCount = 5

    /// The studies, in the plan's order.
    private(set) var studies: [Study] = []
    /// How many bytes of archives are to travel in this run, and how many have.
    private(set) var transferByteCount: Int64 = 0
    private(set) var receivedByteCount: Int64 = 0
    /// The last failures, the latest at the end, and how many there were.
    private(set) var problems: [Problem] = []
    private(set) var failureCount = 0
    /// What came of it; `nil` while it runs.
    private(set) var completion: Completion?
    private var places: [String: Int] = [:]
    private var rate = RateMeter()

    /// Takes an event in. `time` is since any fixed moment and never goes back.
    mutating func take(_ event: RetrievalEvent, at time: Duration) {
        switch event {
        case .plan(let stats): begin(stats, at: time)
        case .progress(let progress):
            receivedByteCount += progress.bytesDownloaded
            rate.add(progress.bytesDownloaded, at: time)
        case .save(let save):
            guard let place = Self.study(ofArchive: save.url).flatMap({ places[$0] }) else { break }
            studies[place].savedCount += 1
            studies[place].savedByteCount += save.file.size
        case .error(let failure): note(failure.error)
        case .complete(let completion): self.completion = completion
        case .download, .extract, .archive: break
        @unknown default: break
        }
    }

    /// How fast bytes came in the last ten seconds; `nil` for as long as nobody can tell.
    func bytesPerSecond(at time: Duration) -> Double? { completion == nil ? rate.bytesPerSecond(at: time) : nil }

    /// How long the rest takes at that rate.
    func timeLeft(at time: Duration) -> Duration? {
        let left = transferByteCount - receivedByteCount
        guard left > 0, let rate = bytesPerSecond(at: time), rate >= 1 else { return nil }
        return .seconds(Double(left) / rate)
    }

    private mutating func begin(_ stats: DownloadStats, at time: Duration) {
        transferByteCount = stats.transferSizeBytes
        studies = stats.studies.map { study in
            var row = Study(id: study.study)
            for series in study.series {
                row.instanceCount += series.instances
                row.byteCount += series.bytes
                row.savedCount += series.saved
                row.savedByteCount += series.savedBytes
            }
            return row
        }
        places = Dictionary(studies.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        rate.add(0, at: time)
    }

    private mutating func note(_ error: CodError) {
        failureCount += 1
        if let place = error.study.flatMap({ places[$0] }) { studies[place].failureCount += 1 }
        let place = [error.study, error.series, error.instance].compactMap(\.self).joined(separator: "/")
        problems.append(Problem(place: place, message: error.message))
        if problems.count > Self.keptProblemCount { problems.removeFirst() }
    }

    /// The study of an archive's address, `…/studies/<study>/series/<series>.tar`.
    private static func study(ofArchive url: String) -> String? {
        let parts = url.split(separator: "/").suffix(4)
        guard parts.count == 4, parts.first == "studies", parts.dropFirst(2).first == "series" else { return nil }
        return parts.dropFirst().first.map(String.init)
    }
}

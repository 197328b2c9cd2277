internal import Synchronization

/// Counts what happens to one series' archive in a run, and tells when it is over.
///
/// The data path only adds to atomic counters; ten times a second somebody looks at them. Events are made once a portion and once
/// an instance.
package final class SeriesMeter: Sendable {
    private struct State {
        var plannedByteCount: Int64?
        var reportedByteCount: Int64 = 0
        var startedAt: Duration?
        /// The portions whose last byte has not come, and those whose last entry was not read, by their first byte.
        var openBodies: Set<Int64>
        var openArchives: Set<Int64>
        var hasToldDownload = false
        var hasToldExtract = false
        var extracted: [ExtractedFile] = []
        /// Whether anything of the archive was read again.
        var mayRepeat = false
    }

    package let url: String
    /// The sizes of the instances that are to be fetched, added up.
    package let size: Int64
    private let timing: Timing
    private let emit: @Sendable (RetrievalEvent) -> Void
    private let receivedByteCount = Atomic<Int64>(0)
    private let retryCount = Atomic<Int>(0)
    private let slowDownCount = Atomic<Int>(0)
    private let state: Guarded<State>

    package init(
        url: String = "", size: Int64 = 0, portions: [Portion] = [], timing: Timing = .system,
        emit: @escaping @Sendable (RetrievalEvent) -> Void
    ) {
        self.url = url
        self.size = size
        self.timing = timing
        self.emit = emit
        state = Guarded(
            State(
                plannedByteCount: portions.byteCount, openBodies: Set(portions.map(\.start)),
                openArchives: Set(portions.map(\.start))))
    }

    /// A portion has ended, whatever came of it; `again` is what is to be fetched once more in its place.
    package func ended(_ portion: Portion, again: [Portion]) {
        state.withLock { state in
            state.openBodies.remove(portion.start)
            state.openArchives.remove(portion.start)
            if !again.isEmpty { state.mayRepeat = true }
            state.openBodies.formUnion(again.map(\.start))
            state.openArchives.formUnion(again.map(\.start))
            if let more = again.byteCount { state.plannedByteCount? += more }
        }
    }

    /// The series was planned again: these portions are to be fetched, whatever was under way before.
    package func plannedAgain(_ portions: [Portion]) {
        state.withLock { state in
            state.plannedByteCount = portions.byteCount.map { $0 + receivedByteCount.load(ordering: .relaxed) }
            state.openBodies = Set(portions.map(\.start))
            state.openArchives = state.openBodies
            state.mayRepeat = true
        }
    }

    /// The first request goes out.
    package func started() {
        state.withLock { $0.startedAt = $0.startedAt ?? timing.now() }
    }

    /// Bytes arrived.
    package func received(_ byteCount: Int) {
        receivedByteCount.add(Int64(byteCount), ordering: .relaxed)
    }

    /// A request had to be made again.
    package func retried() {
        retryCount.add(1, ordering: .relaxed)
    }

    /// The store asked for less.
    package func slowedDown() {
        slowDownCount.add(1, ordering: .relaxed)
    }

    /// What has arrived so far.
    var traffic: Traffic {
        Traffic(
            byteCount: receivedByteCount.load(ordering: .relaxed), slowDownCount: slowDownCount.load(ordering: .relaxed),
            retryCount: retryCount.load(ordering: .relaxed))
    }

    /// An instance was read to its end.
    package func extracted(_ instance: Instance) {
        state.withLock { $0.extracted.append(ExtractedFile(uid: instance.uid, size: instance.byteCount)) }
    }

    /// An instance was committed.
    package func saved(_ saved: SavedInstance) {
        emit(
            .save(
                Save(
                    url: url,
                    file: SavedFile(
                        name: "\(saved.instance.uid).dcm", path: saved.path, size: saved.instance.byteCount,
                        crc32c: saved.checksum?.description))))
    }

    /// The last byte of a portion arrived. When it was the last of all, the archive has.
    package func received(_ portion: Portion) {
        let seconds: Double? = state.withLock { state in
            guard state.openBodies.remove(portion.start) != nil, state.openBodies.isEmpty, !state.hasToldDownload else {
                return nil
            }
            state.hasToldDownload = true
            return state.startedAt.map { (timing.now() - $0) / .seconds(1) } ?? 0
        }
        guard let seconds else { return }
        reportProgress(evenWithoutChange: true)
        emit(.download(Download(url: url, size: size, seconds: seconds, retries: retryCount.load(ordering: .relaxed))))
    }

    /// The last entry of a portion was read. When it was the last of all, the archive is extracted.
    package func extracted(_ portion: Portion) {
        let files: [ExtractedFile]? = state.withLock { state in
            guard state.openArchives.remove(portion.start) != nil, state.openArchives.isEmpty, !state.hasToldExtract else {
                return nil
            }
            state.hasToldExtract = true
            defer { state.extracted = [] }
            guard state.mayRepeat else { return state.extracted }
            // An archive that was read twice has each instance twice.
            var uids = Set<String>()
            return state.extracted.filter { uids.insert($0.uid).inserted }
        }
        guard let files else { return }
        emit(.extract(Extract(url: url, size: files.reduce(0) { $0 + $1.size }, files: files)))
    }

    /// Tells how many bytes have arrived, when there are more than the last time; answers whether it told.
    @discardableResult
    package func reportProgress(evenWithoutChange: Bool = false) -> Bool {
        let progress: Progress? = state.withLock { state in
            let received = receivedByteCount.load(ordering: .relaxed)
            let new = received - state.reportedByteCount
            guard new > 0 || evenWithoutChange else { return nil }
            state.reportedByteCount = received
            return Progress(
                url: url, bytesDownloaded: new, bytesReceived: received, bytesTotal: state.plannedByteCount)
        }
        if let progress { emit(.progress(progress)) }
        return progress != nil
    }
}

extension Portion {
    /// Where it begins in its archive: what tells the portions of a series apart.
    fileprivate var start: Int64 { byteRange?.lowerBound ?? 0 }
}

extension [Portion] {
    /// The bytes of all portions; `nil` when one's are not known.
    fileprivate var byteCount: Int64? {
        reduce(0) { sum, portion in
            guard let sum, let byteCount = portion.byteCount else { return nil }
            return sum + byteCount
        }
    }
}

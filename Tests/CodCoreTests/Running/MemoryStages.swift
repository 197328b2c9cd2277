import CodCore
import Synchronization

/// A store in memory: objects by name, and what happens when they are opened.
final class MemoryFetcher: Fetcher {
    /// What an opening comes to.
    enum Opening: Sendable {
        case whole
        /// The bytes break off after this many, with a transient error.
        case breaks(after: Int)
        /// The bytes simply end after this many.
        case ends(after: Int)
        case fails(CodError)
        /// The byte at this place of the body is another.
        case damages(at: Int)
        /// It waits until the task is cancelled.
        case hangs
    }

    struct State {
        var openings: [Opening]
        var opened: [String] = []
        var openCount = 0
        var peakOpenCount = 0
    }

    let objects: [String: [UInt8]]
    let chunkByteCount: Int
    let state: Mutex<State>

    /// - Parameter openings: what the first openings come to; later ones give the whole.
    init(objects: [String: [UInt8]], chunkByteCount: Int = 7, openings: [Opening] = []) {
        self.objects = objects
        self.chunkByteCount = chunkByteCount
        state = Mutex(State(openings: openings))
    }

    var opened: [String] { state.withLock { $0.opened } }
    var peakOpenCount: Int { state.withLock { $0.peakOpenCount } }

    func open(_ portion: Portion, at offset: Int64) async throws -> ByteStream {
        let opening: Opening = state.withLock { state in
            state.opened.append("\(portion.archive.objectName)@\(offset)")
            state.openCount += 1
            state.peakOpenCount = max(state.peakOpenCount, state.openCount)
            return state.openings.isEmpty ? .whole : state.openings.removeFirst()
        }
        if case .fails(let error) = opening {
            state.withLock { $0.openCount -= 1 }
            throw error
        }
        var bytes = Array((objects[portion.archive.objectName] ?? [])[Int(offset)...])
        if case .damages(let position) = opening { bytes[position] ^= 0xFF }
        if case .ends(let count) = opening { bytes = Array(bytes.prefix(count)) }
        let body = bytes
        return ByteStream(of: portion) { [self] in
            var position = 0
            return ByteStream.AsyncIterator {
                if case .hangs = opening { try await Task.sleep(for: .seconds(3600)) }
                if case .breaks(let count) = opening, position >= count {
                    self.state.withLock { $0.openCount -= 1 }
                    throw CodError(.requestFailed, "It broke.", transience: .transient)
                }
                guard position < body.count else {
                    self.state.withLock { $0.openCount -= 1 }
                    return nil
                }
                let chunk = body[position..<min(position + self.chunkByteCount, body.count)]
                position += chunk.count
                return ByteChunk(chunk)
            }
        }
    }
}

/// Computes and compares checksums: the framework's own verifier lives in another module.
struct TestVerifier: Stage {
    func run(_ input: consuming InstanceStream, in context: StageContext) async throws -> InstanceStream {
        let base = input
        return InstanceStream(of: base.portion) {
            var events = base.makeAsyncIterator()
            var running = RunningCRC32C()
            var instance: Instance?
            return InstanceStream.AsyncIterator {
                guard let event = try await events.next() else { return nil }
                switch event {
                case .begin(let new): (instance, running) = (new, RunningCRC32C())
                case .bytes(let chunk): running.update(chunk)
                case .end:
                    if let expected = instance?.checksum, expected != running.checksum {
                        return .failed(
                            CodError(.checksumMismatch, "Other bytes.", reach: .instance)
                                .located(in: base.portion.series, instance: instance?.uid))
                    }
                    return .end(checksum: running.checksum)
                default: break
                }
                return event
            }
        }
    }
}

/// Keeps what it is given.
final class MemorySink: Sink {
    struct State {
        var saved: [String: [UInt8]] = [:]
        var written: [String] = []
        var calls: [String] = []
    }

    let held: Set<String>
    let failing: [String: CodError]
    let state = Mutex(State())

    /// - Parameters:
    ///   - held: identifiers of instances that it says it holds already.
    ///   - failing: what saving an instance throws.
    init(held: Set<String> = [], failing: [String: CodError] = [:]) {
        self.held = held
        self.failing = failing
    }

    var saved: [String: [UInt8]] { state.withLock { $0.saved } }
    /// Every instance that was saved, each time.
    var written: [String] { state.withLock { $0.written } }
    var calls: [String] { state.withLock { $0.calls } }

    private func note(_ call: String) { state.withLock { $0.calls.append(call) } }

    func prepare(for plan: RetrievalPlan) async throws {
        note("prepare")
        if let error = failing["prepare"] { throw error }
    }

    func inventory(of series: SeriesPlan) async throws -> [SavedInstance] {
        series.instances.filter { $0.isWanted && held.contains($0.uid) }.map {
            SavedInstance(
                instance: Instance(series: series.id, uid: $0.uid, byteCount: $0.byteCount ?? 0), path: $0.uid, root: "memory",
                isEarlier: true)
        }
    }

    func save(_ instance: Instance, body: inout InstanceBody) async throws -> SavedInstance {
        var bytes: [UInt8] = []
        if let error = failing[instance.uid] { throw error }
        while let chunk = try await body.next() { bytes += chunk.bytes }
        let whole = bytes
        state.withLock { $0.saved[instance.uid] = whole }
        state.withLock { $0.written.append(instance.uid) }
        return SavedInstance(instance: instance, path: instance.uid, root: "memory")
    }

    func takeBack(_ instances: [SavedInstance]) async throws {
        note("takeBack \(instances.map(\.instance.uid))")
        state.withLock { state in
            for instance in instances { state.saved[instance.instance.uid] = nil }
        }
    }

    func commit(_ series: SavedSeries) async throws -> SavedSeries {
        note("commit \(series.id) \(series.instances.count)")
        return series
    }

    func finish(_ study: SavedStudy) async throws -> SavedStudy {
        note("finish \(study.uid)")
        return study
    }

    func requireRoom(for byteCounts: [Int64]) async throws {
        note("room \(byteCounts)")
        if let error = failing["room"] { throw error }
    }

    func close() async throws {
        note("close")
        if let error = failing["close"] { throw error }
    }
}

/// A finisher that fails.
struct FailingFinisher: Finisher {
    func run(_ input: consuming SavedStudy, in context: StageContext) async throws -> SavedStudy {
        throw CodError(.stageFailed, "No.", reach: .study)
    }
}

/// A store of framed archives, and the plan for it.
struct MemoryStore {
    var objects: [String: [UInt8]] = [:]
    var plan = RetrievalPlan(studies: [])

    /// - Parameters:
    ///   - series: how many instances each series of each study has.
    ///   - generation: which version of the objects it is; the same instances have other bytes in another.
    ///   - unchanged: instances whose bytes are those of the first version.
    ///   - bare: instances that have no checksum of their own.
    ///   - unlisted: instances that are in the archives alone.
    ///   - sumsArchives: whether the store lists the checksum of each archive.
    init(
        studies: [[Int]], instanceByteCount: Int = 20, generation: Int = 0, unchanged: Set<String> = [],
        bare: Set<String> = [], unlisted: Set<String> = [], sumsArchives: Bool = false
    ) {
        for (studyNumber, series) in studies.enumerated() {
            var plans: [SeriesPlan] = []
            for (seriesNumber, instanceCount) in series.enumerated() {
                let id = SeriesID(study: "s\(studyNumber)", series: "s\(studyNumber).\(seriesNumber)")
                var bytes: [UInt8] = []
                var instances: [PlannedInstance] = []
                for number in 0..<instanceCount {
                    let uid = "\(id.series).\(number)"
                    let version = unchanged.contains(uid) ? 0 : generation
                    let body = (0..<instanceByteCount).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number &+ version &* 7) }
                    var running = RunningCRC32C()
                    running.update(ByteChunk(body))
                    bytes += Array("instances/\(uid).dcm \(instanceByteCount)\n".utf8) + body
                    if unlisted.contains(uid) { continue }
                    instances.append(
                        PlannedInstance(
                            uid: uid, byteCount: Int64(instanceByteCount),
                            checksum: bare.contains(uid) ? nil : running.checksum))
                }
                let name = generation == 0 ? "\(id)" : "\(id)#\(generation)"
                objects[name] = bytes
                var sum = RunningCRC32C()
                sum.update(ByteChunk(bytes))
                let archive = Archive(
                    series: id, url: "memory://\(id).tar", objectName: name, byteCount: Int64(bytes.count),
                    generation: Int64(generation), checksum: sumsArchives ? sum.checksum : nil)
                plans.append(SeriesPlan(id: id, state: .retrievable(archive), instances: instances))
            }
            plan.studies.append(StudyPlan(uid: "s\(studyNumber)", series: plans))
        }
    }
}

extension Timing {
    /// Never waits; every pause is the longest.
    static let immediate = Timing(now: { .zero }, sleep: { _ in try Task.checkCancellation() }, jitter: { 1 })
}

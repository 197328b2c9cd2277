import CodCore
import Synchronization

@testable import CodTransport

/// A store in memory. Objects are listed in the order of their names and read three bytes at a time.
struct MemoryStore: ObjectStore {
    var contents: [String: [UInt8]] = [:]
    /// What was put or removed after the store was handed on.
    let changes = Changes()
    /// Counts the listings of studies.
    let listed = Changes()
    /// What listing a study, or reading an object, throws.
    var failures: [String: any Error] = [:]
    /// Called before an object is read.
    var onRead: @Sendable (String) async throws -> Void = { _ in }

    let displayName = "gs://bucket/prefix"

    func url(of objectName: String) -> String { "gs://bucket/\(objectName)" }

    func studies() async throws -> [String] {
        if let failure = failures[""] { throw failure }
        return Set(contents.keys.map { String($0.split(separator: "/", omittingEmptySubsequences: false)[1]) }).sorted()
    }

    func objects(ofStudy study: String) async throws -> [StoredObject] {
        listed.set(study, [])
        if let failure = failures[study] { throw failure }
        let contents = changes.applied(to: contents)
        return contents.keys.filter { $0.hasPrefix("studies/\(study)/") }.sorted().map { path in
            StoredObject(
                name: "prefix/\(path)", path: path, byteCount: Int64(contents[path]?.count ?? 0), generation: 7, checksum: nil)
        }
    }

    func read(_ object: StoredObject, in context: StageContext) async throws -> ByteStream {
        try await onRead(object.path)
        if let failure = failures[object.path] { throw failure }
        let bytes = changes.applied(to: contents)[object.path] ?? []
        return ByteStream(of: portion(of: object)) {
            var rest = bytes[...]
            return ByteStream.AsyncIterator {
                if rest.isEmpty { return nil }
                defer { rest = rest.dropFirst(3) }
                return ByteChunk(rest.prefix(3))
            }
        }
    }

    /// Adds a series: an archive of `archiveByteCount` bytes and metadata that lists instances, both unless `nil`.
    mutating func add(
        _ study: String, _ series: String, instances: [String]? = ["1.1"], modality: String? = "CT",
        archiveByteCount: Int? = 4096,
        offsets: [Int] = []
    ) {
        let start = "studies/\(study)/series/\(series)"
        if let archiveByteCount { contents["\(start).tar"] = [UInt8](repeating: 0, count: archiveByteCount) }
        guard let instances else { return }
        let fields = instances.enumerated().map { position, uid in
            let attributes = modality.map { #","metadata":{"00080060":{"Value":["\#($0)"]}}"# } ?? ""
            let offset = position < offsets.count ? #","headers":{"start_byte":\#(offsets[position])}"# : ""
            return #""\#(uid)":{"size":5\#(offset)\#(attributes)}"#
        }
        contents["\(start)/metadata.json"] = Array(#"{"cod":{"instances":{\#(fields.joined(separator: ","))}}}"#.utf8)
    }
}

/// Objects that come and go while a store is looked at.
final class Changes: Sendable {
    private let changes = Mutex<[(name: String, bytes: [UInt8]?)]>([])

    /// The names, in the order of the changes.
    var names: [String] { changes.withLock { $0.map(\.name) } }

    func set(_ name: String, _ bytes: [UInt8]?) { changes.withLock { $0.append((name, bytes)) } }

    func applied(to contents: [String: [UInt8]]) -> [String: [UInt8]] {
        changes.withLock { $0.reduce(into: contents) { $0[$1.name] = $1.bytes } }
    }
}

internal import CodCore
internal import NIOCore
internal import Synchronization

/// The objects of a bucket: those in memory, over those of a folder.
final class Bucket: Sendable {
    let name: String
    let checksums = ChecksumCache()
    private let folder: BucketFolder?
    /// Whether no answer has to wait for a disk.
    var isInMemory: Bool { folder == nil }
    private let state = Mutex(State())

    private struct State {
        var objects: [ObjectName: BucketObject] = [:]
        var removed: Set<ObjectName> = []
        // The first generation of a run is always the same, so that tests are.
        var lastGeneration: Int64 = 1_700_000_000_000_000
    }

    init(name: String, folder: BucketFolder?) {
        self.name = name
        self.folder = folder
    }

    /// The object of that name; `nil` when there is none. Blocks on the disk for a file.
    func object(_ name: ObjectName) throws -> BucketObject? {
        let (found, isRemoved) = state.withLock { ($0.objects[name], $0.removed.contains(name)) }
        return try found ?? (isRemoved ? nil : folder?.object(name))
    }

    /// The names that begin with `prefix`, to be walked through in order. Blocks on the disk for a folder.
    func names(beginningWith prefix: String) throws -> BucketNames {
        let (inMemory, removed) = state.withLock { state in
            (state.objects.keys.filter { $0.begins(with: prefix) }, state.removed)
        }
        return BucketNames(inMemory: inMemory.sorted(), removed: removed, inFolder: try folder?.walk(beginningWith: prefix))
    }

    func put(
        _ name: ObjectName, _ bytes: ByteBuffer, contentEncoding: String?, contentType: String, generation: Int64?
    ) -> Int64 {
        state.withLock { state in
            let generation = generation ?? state.lastGeneration + 1_000
            state.lastGeneration = max(state.lastGeneration, generation)
            state.objects[name] = BucketObject(
                name: name, content: .memory(bytes), byteCount: Int64(bytes.readableBytes), generation: generation,
                contentEncoding: contentEncoding, contentType: contentType,
                updated: Timestamp(microseconds: generation), serial: 0)
            state.removed.remove(name)
            return generation
        }
    }

    func overwrite(_ name: ObjectName, _ bytes: ByteBuffer) throws -> Int64 {
        guard let object = try object(name) else {
            throw CodError(.objectNotFound, "There is no object \"\(name.text)\" to overwrite in \(self.name).")
        }
        return put(
            name, bytes, contentEncoding: object.contentEncoding, contentType: object.contentType,
            // A file's generation is a time; the new one must be later.
            generation: state.withLock { max($0.lastGeneration, object.generation) } + 1_000)
    }

    func remove(_ name: ObjectName) {
        state.withLock { state in
            state.objects[name] = nil
            state.removed.insert(name)
        }
    }
}

/// Walks through the names of a bucket, in order.
struct BucketNames {
    private var inMemory: ArraySlice<ObjectName>
    private let removed: Set<ObjectName>
    private let inFolder: FolderWalk?

    init(inMemory: [ObjectName], removed: Set<ObjectName>, inFolder: FolderWalk?) {
        self.inMemory = inMemory[...]
        self.removed = removed
        self.inFolder = inFolder
    }

    /// The first name that does not precede `place`; places must not fall from one call to the next.
    mutating func first(from place: [UInt8]) throws -> ObjectName? {
        while let name = inMemory.first, name.precedes(place) { inMemory.removeFirst() }
        var file = try inFolder?.first(from: place)
        while let name = file, removed.contains(name) { file = try inFolder?.first(from: Array(name.text.utf8) + [0]) }
        return [inMemory.first, file].compactMap(\.self).min()
    }
}

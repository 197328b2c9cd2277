import CodCore
import SystemPackage

/// An instance that is too large to be held: packed part by part as its bytes come, into a file of its own without a name.
///
/// Parts are packed side by side where there are slots, else where the bytes come. What it holds at a time: a part, and one a slot.
struct LargeEntry {
    /// It whole, packed.
    struct Packed {
        let entry: ZipEntry
        /// The crc32c of what it is packed to.
        let checksum: CRC32C
        let spool: Spool
    }

    private let name: String
    private let byteCount: Int64
    private let modified: ZipTime
    private let room: PackingRoom
    private var spool: Spool
    private var method: ZipEntry.Method?
    /// What stands in front of the part that is being gathered, and that part.
    private var gathered: [UInt8] = []
    private var dictionaryCount = 0
    private var takenByteCount: Int64 = 0
    private var underWay: [Task<EntryPacker.Part, any Error>] = []
    private var sums = EntrySums()

    /// An instance of `byteCount` bytes; more than ``ZipPress/batchByteCount``.
    init(named name: String, byteCount: Int64, modified: ZipTime, room: PackingRoom, spool: Spool) {
        (self.name, self.byteCount, self.modified, self.room, self.spool) = (name, byteCount, modified, room, spool)
    }

    /// Takes the next bytes; no more in all than were announced.
    mutating func add(_ chunk: ByteChunk) async throws {
        var rest = chunk
        while rest.count > 0 {
            if method == .stored { return try store(rest) }
            let lack = LargePart.byteCount - (gathered.count - dictionaryCount)
            guard let next = rest.takeFirst(min(rest.count, lack)) else { return }
            next.withBytes { bytes in bytes.withUnsafeBytes { gathered.append(contentsOf: $0) } }
            takenByteCount += Int64(next.count)
            if gathered.count - dictionaryCount == LargePart.byteCount || takenByteCount == byteCount { try await endPart() }
        }
    }

    /// Ends the entry, all bytes of which were taken.
    mutating func finish() async throws -> Packed {
        while !underWay.isEmpty { try await writeNext() }
        var entry = ZipEntry(
            name: name, method: method ?? .stored, byteCount: byteCount, packedByteCount: spool.byteCount,
            crc32: sums.crc32, checksum: sums.checksum, modified: modified)
        if entry.packedByteCount > byteCount {
            // The trial was misleading.
            spool = try spool.inflated(to: byteCount)
            entry.method = .stored
            entry.packedByteCount = byteCount
        }
        return Packed(entry: entry, checksum: spool.checksum, spool: spool)
    }

    /// Gives up what is under way.
    mutating func abandon() {
        for task in underWay {
            task.cancel()
            room.returnSlot()
        }
        underWay = []
    }

    private mutating func endPart() async throws {
        let bytes = ByteChunk(gathered)
        if method == nil {
            method = try room.packing { try $0.worthwhile(bytes) } ? .deflated : .stored
            if method == .stored {
                gathered = []
                takenByteCount = 0
                return try store(bytes)
            }
        }
        let (before, isLast, room) = (dictionaryCount, takenByteCount == byteCount, room)
        gathered.removeFirst(max(gathered.count - dictionaryByteCount, 0))
        dictionaryCount = gathered.count
        while !room.takeSlot() {
            // Those that it has itself make room; where it has none, it is done here.
            if underWay.isEmpty { return try write(Self.pack(bytes, after: before, isLast: isLast, room)) }
            try await writeNext()
        }
        underWay.append(Task.detached { try Self.pack(bytes, after: before, isLast: isLast, room) })
    }

    private mutating func writeNext() async throws {
        let part = try await underWay[0].value
        underWay.removeFirst()
        // Its memory is counted until it is written.
        defer { room.returnSlot() }
        try write(part)
    }

    private mutating func write(_ part: EntryPacker.Part) throws {
        sums.append(part.sums)
        try spool.write(part.bytes.span.bytes)
    }

    private mutating func store(_ chunk: ByteChunk) throws {
        takenByteCount += Int64(chunk.count)
        try chunk.withBytes { bytes in
            sums.update(bytes)
            try spool.write(bytes)
        }
    }

    private static func pack(
        _ bytes: ByteChunk, after before: Int, isLast: Bool, _ room: PackingRoom
    ) throws -> EntryPacker.Part {
        try room.packing { packer in
            try bytes.withBytes { bytes throws in try packer.part(bytes, from: before, isLast: isLast) }
        }
    }
}

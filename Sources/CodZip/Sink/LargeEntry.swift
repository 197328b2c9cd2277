import CodCore
import SystemPackage

/// An instance that is too large to be held: packed part by part as its bytes come, into a file of its own without a name, as nobody knows
/// how large it will be. What is stored goes to its place in the zip at once.
///
/// Parts are packed side by side where there are slots, else where the bytes come. What it holds at a time: a part, and one a slot.
struct LargeEntry {
    /// It whole.
    enum Packed {
        /// It lies in its place.
        case stored(ZipEntry, ZipLayout.Place)
        /// It lies in a spool.
        case spooled(ZipEntry, Spool)

        var entry: ZipEntry {
            switch self {
            case .stored(let entry, _), .spooled(let entry, _): entry
            }
        }
    }

    private let name: String
    private let byteCount: Int64
    private let modified: ZipTime
    private let room: PackingRoom
    private let zip: StudyZip
    private let makeSpool: () throws -> Spool
    /// Where its bytes go; nowhere until it is known how.
    private var spool: Spool?
    private var place: ZipLayout.Place?
    private var dataOffset: Int64 = 0
    /// What stands in front of the part that is being gathered, and that part.
    private var gathered: [UInt8] = []
    private var dictionaryCount = 0
    private var takenByteCount: Int64 = 0
    private var underWay: [Task<EntryPacker.Part, any Error>] = []
    private var sums = EntrySums()

    /// An instance of `byteCount` bytes; more than ``ZipPress/batchByteCount``.
    init(
        named name: String, byteCount: Int64, to zip: StudyZip, room: PackingRoom, makeSpool: @escaping () throws -> Spool
    ) {
        (self.name, self.byteCount, self.zip, self.room, self.makeSpool) = (name, byteCount, zip, room, makeSpool)
        modified = zip.modified
    }

    /// Takes the next bytes; no more in all than were announced.
    mutating func add(_ chunk: ByteChunk) async throws {
        var rest = chunk
        while rest.count > 0 {
            if place != nil { return try store(rest) }
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
        var entry = entry
        guard var spool else {
            guard let place else { throw CodError(.writeFailed, "No byte of the instance came.", reach: .instance) }
            self.place = nil
            return .stored(entry, place)
        }
        entry.method = .deflated
        entry.packedByteCount = spool.byteCount
        if entry.packedByteCount > byteCount {
            // The trial was misleading.
            spool = try spool.inflated(to: byteCount)
            entry.method = .stored
            entry.packedByteCount = byteCount
        }
        return .spooled(entry, spool)
    }

    /// Stored, with the sums of what came so far.
    private var entry: ZipEntry {
        ZipEntry(
            name: name, method: .stored, byteCount: byteCount, packedByteCount: byteCount, crc32: sums.crc32,
            checksum: sums.checksum, modified: modified)
    }

    /// Gives up what is under way.
    mutating func abandon() {
        for task in underWay {
            task.cancel()
            room.returnSlot()
        }
        underWay = []
        if let place { zip.giveBack(place) }
        place = nil
    }

    private mutating func endPart() async throws {
        let bytes = ByteChunk(gathered)
        if spool == nil {
            guard try room.packing({ try $0.worthwhile(bytes) }) else {
                gathered = []
                takenByteCount = 0
                let place = zip.reserve(entry)
                (self.place, dataOffset) = (place, place.dataOffset)
                return try store(bytes)
            }
            spool = try makeSpool()
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
        try spool?.write(part.bytes.span.bytes)
    }

    private mutating func store(_ chunk: ByteChunk) throws {
        try chunk.withBytes { bytes in
            sums.update(bytes)
            try zip.write(bytes, at: dataOffset + takenByteCount)
        }
        takenByteCount += Int64(chunk.count)
    }

    private static func pack(
        _ bytes: ByteChunk, after before: Int, isLast: Bool, _ room: PackingRoom
    ) throws -> EntryPacker.Part {
        try room.packing { packer in
            try bytes.withBytes { bytes throws in try packer.part(bytes, from: before, isLast: isLast) }
        }
    }
}

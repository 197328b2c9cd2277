import CodCore
import SystemPackage

extension ZipPress {
    /// Packs one large file part by part, several parts at a time, and writes them as they come.
    ///
    /// Its record is written last, when sizes and checksums are known; how long that is, is known before.
    func addLarge(_ source: EntrySource, to layout: inout ZipLayout, of zip: ZipFile) async throws {
        let room = room
        let (file, isWorthwhile) = try await offTaskThreads {
            let file = try source.open()
            try source.checkEnd(of: file)
            let middle = max(source.byteCount / 2 - Int64(LargePart.sampleByteCount / 2), 0)
            let samples = try (
                source.read(file, at: 0, byteCount: LargePart.byteCount),
                source.read(file, at: middle, byteCount: LargePart.sampleByteCount)
            )
            return (file, try room.packing { try $0.worthwhile(samples.0, middle: samples.1) })
        }
        var entry = ZipEntry(
            name: source.name, method: isWorthwhile ? .deflated : .stored, byteCount: source.byteCount,
            packedByteCount: source.byteCount, crc32: CRC32(), archiveChecksum: source.archiveChecksum, modified: modified)
        try await write(&entry, from: source, file, at: layout.byteCount, into: zip)
        if entry.packedByteCount > source.byteCount {
            // The trial was misleading. What was written is written over.
            entry.method = .stored
            try await write(&entry, from: source, file, at: layout.byteCount, into: zip)
        }
        let place = layout.add(entry)
        try await offTaskThreads {
            try zip.writing { () throws(Errno) in try zip.write(ZipRecord.local(place.entry), at: place.offset) }
        }
    }

    private struct Progress: Sendable {
        var offset: Int64
        var sums = EntrySums()
    }

    private func write(
        _ entry: inout ZipEntry, from source: EntrySource, _ file: OpenFile, at offset: Int64, into zip: ZipFile
    ) async throws {
        let (room, method) = (room, entry.method)
        let start = ZipLayout.Place(entry: entry, offset: offset).dataOffset
        let parts = LargePart.All(of: source.byteCount)
        let end = try await inOrder(parts, width: width, from: Progress(offset: start)) { part in
            if method == .deflated { return try part.pack(source, file, in: room) }
            // Where it goes is known before its turn.
            return try part.copy(source, file, to: zip, at: start + part.range.lowerBound, in: room)
        } place: { progress, part in
            defer { progress.offset += Int64(part.bytes.count) }
            progress.sums.append(part.sums)
            return (part.bytes, offset: progress.offset)
        } write: { bytes, offset in
            try zip.writing { () throws(Errno) in try zip.write(bytes, at: offset) }
        }
        try source.check(end.sums.checksum)
        entry.crc32 = end.sums.crc32
        entry.checksum = end.sums.checksum
        entry.packedByteCount = method == .deflated ? end.offset - start : source.byteCount
    }
}

/// A part of a large file.
struct LargePart: Sendable {
    /// How many bytes a part has, but for the last.
    static let byteCount = 1 << 20
    /// How many bytes in the middle of a file are tried.
    static let sampleByteCount = 32 << 10

    let range: Range<Int64>
    let isLast: Bool

    /// All parts of a file.
    struct All: Sequence, IteratorProtocol, Sendable {
        let byteCount: Int64
        private var start: Int64 = 0

        init(of byteCount: Int64) {
            self.byteCount = byteCount
        }

        mutating func next() -> LargePart? {
            guard start < byteCount else { return nil }
            let end = Swift.min(start + Int64(LargePart.byteCount), byteCount)
            defer { start = end }
            return LargePart(range: start..<end, isLast: end == byteCount)
        }
    }

    /// Reads and packs the part, after what stands in front of it. Blocks on the disk.
    func pack(_ source: EntrySource, _ file: OpenFile, in room: PackingRoom) throws -> EntryPacker.Part {
        let before = Int(min(range.lowerBound, Int64(dictionaryByteCount)))
        return try reading(source, file, after: before, in: room) { buffer, byteCount in
            try room.packing { packer in
                try buffer.withBytes(byteCount) { try packer.part($0, from: before, isLast: isLast) }
            }
        }
    }

    /// Reads the part and writes it as it is; nothing of it is left to be written. Blocks on the disk.
    func copy(
        _ source: EntrySource, _ file: OpenFile, to zip: ZipFile, at offset: Int64, in room: PackingRoom
    ) throws -> EntryPacker.Part {
        try reading(source, file, after: 0, in: room) { buffer, byteCount in
            try buffer.withBytes(byteCount) { bytes throws in
                let sums = EntrySums(of: bytes)
                try zip.writing { () throws(Errno) in try zip.write(bytes, at: offset) }
                return EntryPacker.Part(bytes: [], sums: sums)
            }
        }
    }

    private func reading<Result>(
        _ source: EntrySource, _ file: OpenFile, after before: Int, in room: PackingRoom,
        _ body: (PackingBuffer, _ byteCount: Int) throws -> Result
    ) throws -> Result {
        try BlockingCancellation.check()
        let buffer = room.takeBuffer()
        defer { room.giveBack(buffer) }
        let byteCount = before + Int(range.upperBound - range.lowerBound)
        try buffer.withMemory(byteCount) { memory in
            try source.read(
                file, at: range.lowerBound - Int64(before), into: UnsafeMutableRawBufferPointer(rebasing: memory[..<byteCount]))
        }
        return try body(buffer, byteCount)
    }
}

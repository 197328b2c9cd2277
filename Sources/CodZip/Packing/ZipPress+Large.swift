import CodCore
import SystemPackage

extension ZipPress {
    /// Packs one large file part by part, several parts at a time, and writes them as they come.
    ///
    /// Its record is written last, when sizes and checksums are known; how long that is, is known before.
    func addLarge(_ source: EntrySource, to layout: inout ZipLayout, of zip: ZipFile) async throws {
        let options = options
        let (file, isWorthwhile) = try await offTaskThreads {
            let file = try source.open()
            try source.checkEnd(of: file)
            var packer = EntryPacker(options)
            let beginning = try source.read(file, at: 0, byteCount: LargePart.byteCount)
            return (file, try packer.worthwhile(beginning))
        }
        var entry = ZipEntry(
            name: source.name, method: isWorthwhile ? .deflated : .stored, byteCount: source.byteCount,
            packedByteCount: source.byteCount, crc32: CRC32(), modified: modified)
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

    private func write(
        _ entry: inout ZipEntry, from source: EntrySource, _ file: OpenFile, at offset: Int64, into zip: ZipFile
    ) async throws {
        let (options, method) = (options, entry.method)
        var place = ZipLayout.Place(entry: entry, offset: offset).dataOffset
        let start = place
        var crc32 = CRC32()
        var checksum = RunningCRC32C()
        try await inOrder(LargePart.all(of: source.byteCount), width: width) { part in
            try await offTaskThreads { try part.pack(source, file, method, with: options) }
        } take: { packed in
            crc32.append(packed.crc32, byteCount: packed.byteCount)
            checksum.append(packed.checksum, byteCount: Int64(packed.byteCount))
            let offset = place
            place += Int64(packed.pieces.reduce(0) { $0 + $1.count })
            try await offTaskThreads {
                var offset = offset
                for piece in packed.pieces {
                    try piece.withBytes { bytes throws in
                        try zip.writing { () throws(Errno) in try zip.write(bytes, at: offset) }
                    }
                    offset += Int64(piece.count)
                }
            }
        }
        try source.check(checksum.checksum)
        entry.crc32 = crc32
        entry.checksum = checksum.checksum
        entry.packedByteCount = place - start
    }
}

/// A part of a large file.
struct LargePart: Sendable {
    /// How many bytes a part has, but for the last.
    static let byteCount = 1 << 20

    let range: Range<Int64>
    let isLast: Bool

    /// A part, packed.
    struct Packed: Sendable {
        let pieces: [EntryPacker.Piece]
        let byteCount: Int
        let crc32: CRC32
        let checksum: CRC32C
    }

    static func all(of byteCount: Int64) -> some Sequence<LargePart> {
        stride(from: 0, to: byteCount, by: Self.byteCount).lazy.map { start in
            let end = min(start + Int64(Self.byteCount), byteCount)
            return LargePart(range: start..<end, isLast: end == byteCount)
        }
    }

    /// Reads and packs the part, after what stands in front of it. Blocks on the disk.
    func pack(
        _ source: EntrySource, _ file: OpenFile, _ method: ZipEntry.Method, with options: ZipOptions
    ) throws -> Packed {
        let before = method == .stored ? 0 : Int(min(range.lowerBound, Int64(dictionaryByteCount)))
        let count = Int(range.upperBound - range.lowerBound)
        let bytes = try source.read(file, at: range.lowerBound - Int64(before), byteCount: before + count)
        var crc32 = CRC32()
        var checksum = RunningCRC32C()
        bytes.withBytes { span in
            crc32.update(span.extracting(droppingFirst: before))
            checksum.update(span.extracting(droppingFirst: before))
        }
        let pieces: [EntryPacker.Piece]
        if method == .stored {
            pieces = [.stored(bytes)]
        } else {
            var packer = EntryPacker(options)
            pieces = try packer.deflate(bytes, from: before, isLast: isLast).map { .packed($0) }
        }
        return Packed(pieces: pieces, byteCount: count, crc32: crc32, checksum: checksum.checksum)
    }
}

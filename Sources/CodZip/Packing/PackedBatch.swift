import CodCore
import SystemPackage

/// Neighbours in a zip, packed: their records and their bytes, one behind the other as they are to lie in it.
struct PackedBatch: Sendable {
    private(set) var entries: [ZipEntry] = []
    private(set) var byteCount = 0
    private let buffer: PackingBuffer

    init(in buffer: PackingBuffer) {
        self.buffer = buffer
    }

    /// Reads a file to its place, and packs it there where that makes it smaller. Blocks on the disk.
    mutating func add(_ source: EntrySource, by packer: inout EntryPacker, modified: ZipTime) throws {
        let count = Int(source.byteCount)
        var entry = ZipEntry(
            name: source.name, method: .stored, byteCount: source.byteCount, packedByteCount: source.byteCount, crc32: CRC32(),
            archiveChecksum: source.archiveChecksum, modified: modified)
        // Its length does not depend on what is not known yet: an entry of a batch is never so large that it needs zip64.
        let start = byteCount + ZipRecord.local(entry).count
        let file = try source.open()
        try buffer.withMemory(start + count, keeping: byteCount) { memory in
            let place = UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + count])
            try source.read(file, at: 0, into: place)
            try source.checkEnd(of: file)
            // The memory is there as long as this closure runs.
            let bytes = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(place))
            let sums = EntrySums(of: bytes)
            try source.check(sums.checksum)
            (entry.crc32, entry.checksum) = (sums.crc32, sums.checksum)
            if try packer.shrink(bytes) {
                packer.withPacked { packed in
                    packed.withUnsafeBytes { place.copyMemory(from: $0) }
                    entry.packedByteCount = Int64(packed.byteCount)
                }
                entry.method = .deflated
            }
            memory[byteCount..<start].copyBytes(from: ZipRecord.local(entry))
        }
        entries.append(entry)
        byteCount = start + Int(entry.packedByteCount)
    }

    /// Writes it to its place in a zip, and gives its memory back. Blocks on the disk.
    func write(to zip: ZipFile, at offset: Int64, room: PackingRoom) throws {
        try buffer.withBytes(byteCount) { bytes throws in
            try zip.writing { () throws(Errno) in try zip.write(bytes, at: offset) }
        }
        room.giveBack(buffer)
    }
}

import CodCore

/// The two checksums of an entry's bytes: zip's crc32, and the crc32c by which the store knows them.
struct EntrySums: Sendable {
    private(set) var crc32 = CRC32()
    private(set) var byteCount: Int64 = 0
    private var running = RunningCRC32C()

    var checksum: CRC32C { running.checksum }

    /// The sums of no bytes.
    init() {}

    init(of bytes: RawSpan) { update(bytes) }

    /// Adds bytes, in order.
    mutating func update(_ bytes: RawSpan) {
        // So few at a time that the second sum finds them in the processor's cache.
        let pieceByteCount = 32 << 10
        var start = 0
        while start < bytes.byteCount {
            let end = min(start + pieceByteCount, bytes.byteCount)
            let piece = bytes.extracting(start..<end)
            crc32.update(piece)
            running.update(piece)
            start = end
        }
        byteCount += Int64(bytes.byteCount)
    }

    /// Adds the bytes that `next` has the sums of.
    mutating func append(_ next: EntrySums) {
        crc32.append(next.crc32, byteCount: Int(next.byteCount))
        running.append(next.checksum, byteCount: next.byteCount)
        byteCount += next.byteCount
    }
}

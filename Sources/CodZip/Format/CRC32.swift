import CCodSystem
import CZlib
import CodCore

/// A crc32 (ISO 3309): the checksum that a zip keeps of every entry.
struct CRC32: Hashable, Sendable {
    private(set) var value: UInt32 = 0

    /// The checksum of no bytes.
    init() {}

    /// Takes a checksum that was computed elsewhere.
    init(_ value: UInt32) {
        self.value = value
    }

    /// Adds bytes, in order.
    mutating func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { value = cod_crc32(value, $0.baseAddress, $0.count) }
    }

    /// Adds the bytes that `next` is the checksum of.
    mutating func append(_ next: CRC32, byteCount: Int) {
        value = UInt32(truncatingIfNeeded: crc32_combine(UInt(value), UInt(next.value), byteCount))
    }
}

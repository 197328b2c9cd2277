internal import CCodSystem

/// A crc32c (Castagnoli, RFC 3720 appendix B.4): the checksum that metadata.json and Google Cloud Storage give.
public struct CRC32C: Hashable, Sendable, CustomStringConvertible {
    /// The checksum as a number.
    public let value: UInt32

    /// Takes a checksum that was computed elsewhere.
    public init(_ value: UInt32) {
        self.value = value
    }

    /// Eight hex digits, such as `e3069283`.
    public var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// Reads eight hex digits.
    public init?(hex: some StringProtocol) {
        guard hex.utf8.count == 8, hex.allSatisfy(\.isHexDigit), let value = UInt32(hex, radix: 16) else { return nil }
        self.value = value
    }

    /// Which way it is computed here: `sse4.2`, `armv8-crc` or `table`.
    package static var implementation: String { String(cString: cod_crc32c_kind()) }
}

/// A crc32c that grows with the bytes it is shown.
public struct RunningCRC32C: Sendable {
    private var state: UInt32 = 0

    /// A checksum of no bytes yet.
    public init() {}

    /// The checksum of all bytes so far.
    public var checksum: CRC32C { CRC32C(state) }

    /// Adds bytes, in order.
    public mutating func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { state = cod_crc32c(state, $0.baseAddress, $0.count) }
    }

    /// Adds a chunk's bytes.
    public mutating func update(_ chunk: ByteChunk) {
        chunk.withBytes { update($0) }
    }
    /// Adds the bytes that `next` is the checksum of, all `byteCount` of them: for parts that are read side by side.
    public mutating func append(_ next: CRC32C, byteCount: Int64) {
        state = cod_crc32c_combine(state, next.value, UInt64(max(byteCount, 0)))
    }
}

internal import Crypto

/// A SHA-256 that grows with the bytes it is shown, for lists that `sha256sum -c` reads.
public struct RunningSHA256: Sendable {
    private var hash = SHA256()

    /// A digest of no bytes yet.
    public init() {}

    /// Adds a chunk's bytes, in order.
    public mutating func update(_ chunk: ByteChunk) {
        chunk.withBytes { bytes in bytes.withUnsafeBytes { hash.update(bufferPointer: $0) } }
    }

    /// The digest of all bytes so far: 64 hex digits.
    public var hexDigest: String {
        hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined()
    }
}

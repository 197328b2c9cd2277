/// Packs blocks of bytes into pieces of a deflate stream (RFC 1951). A small protocol, so that another library can take zlib's place.
///
/// An entry is cut into blocks, which several compressors may pack at the same time; their pieces, one after the other, are one
/// deflate stream. One compressor packs one block at a time.
public protocol Compressor: AnyObject {
    /// How large the blocks are into which an entry is cut, in bytes; the last may be smaller.
    var blockByteCount: Int { get }

    /// Packs a block of at least one byte.
    ///
    /// - Parameters:
    ///   - block: the bytes to pack.
    ///   - dictionary: what stands in front of the block in the entry, at most 32,768 bytes; empty for the first block.
    ///   - isLast: whether the entry ends here. The piece of a block that is not the last ends at a byte's boundary, with the
    ///     stream still open.
    func pack(_ block: RawSpan, after dictionary: RawSpan, isLast: Bool) throws -> [UInt8]
}

/// Packs bytes into deflate streams (RFC 1951). A small protocol, so that another library can take zlib's place.
///
/// An entry is cut into blocks, which several compressors may pack at the same time; their pieces, one after the other, are one
/// deflate stream. One compressor packs one block at a time.
public protocol Compressor: AnyObject {
    /// How large the blocks are into which an entry is cut, in bytes; the last may be smaller. `Int.max`: it is not cut.
    var blockByteCount: Int { get }

    /// Whether it packs blocks of an entry that is packed side by side: after others, or before. Default: it does. One that does not is
    /// given entries of up to 1 MiB alone, and whole; zlib packs the larger ones.
    var packsParts: Bool { get }

    /// Packs a block of at least one byte. Answers whether there was room for it; what it wrote of a block without room does not count.
    ///
    /// - Parameters:
    ///   - block: the bytes to pack.
    ///   - dictionary: what stands in front of the block in the entry, at most 32,768 bytes; empty for the first block.
    ///   - isLast: whether the entry ends here. The piece of a block that is not the last ends at a byte's boundary, with the
    ///     stream still open.
    ///   - output: where the piece goes, behind what it holds already.
    func pack(_ block: RawSpan, after dictionary: RawSpan, isLast: Bool, into output: inout OutputRawSpan) throws -> Bool
}

extension Compressor {
    /// It packs blocks of an entry that is packed side by side.
    public var packsParts: Bool { true }
}

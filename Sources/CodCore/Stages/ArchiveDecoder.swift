/// Reads an archive format out of chunks of any size: bytes in, events out, no file or socket inside.
///
/// The caller alternates: `next()` until it answers `nil`, then `push` of the next chunk; after the last one `finish()`, and
/// `next()` once more until `nil`. What comes out does not depend on where the chunks were cut.
public protocol ArchiveDecoder<Failure> {
    /// What it throws when the bytes are no such archive; a ``CodError`` has room for where.
    associatedtype Failure: Error

    /// Takes the next bytes of the archive. Called only after `next()` answered `nil`.
    mutating func push(_ chunk: ByteChunk)

    /// The next event; `nil` when it needs more bytes. Throws when the bytes are no such archive: nothing follows.
    mutating func next() throws(Failure) -> EntryEvent?

    /// Tells that the archive ends here. Throws when it ends inside an entry.
    mutating func finish() throws(Failure)
}

/// What a decoder finds. Order: `( begin bytes* end )*`.
@nonexhaustive
public enum EntryEvent: Sendable {
    /// An entry begins; its bytes follow, as many as it announces.
    case begin(ArchiveEntry)
    /// The next bytes of the entry; never none.
    case bytes(ByteChunk)
    /// The entry is whole.
    case end
}

/// An entry of an archive as its header describes it. Nothing in it is to be trusted.
public struct ArchiveEntry: Hashable, Sendable {
    /// What an entry stands for.
    public enum Kind: Hashable, Sendable {
        /// A regular file: the only kind that can be an instance.
        case file
        /// A folder; passed over.
        case folder
        /// A symbolic or hard link.
        case link
        /// A device, a pipe, a sparse file or something unheard of; with the format's own letter for it.
        case other(UInt8)
    }

    /// The name, as text. Bytes that are no UTF-8 stand as U+FFFD.
    public let name: String
    /// What it stands for.
    public let kind: Kind
    /// How many bytes of body follow.
    public let byteCount: Int64
    /// Where its first header begins, in bytes from the first byte that was pushed.
    public let offset: Int64
    /// Where its body begins, counted in the same way; `nil` when the decoder does not tell. With it, entries of one name are told
    /// apart by where the metadata says that an instance lies.
    public let dataOffset: Int64?

    /// What a decoder read in a header.
    public init(name: String, kind: Kind, byteCount: Int64, offset: Int64, dataOffset: Int64? = nil) {
        self.name = name
        self.kind = kind
        self.byteCount = byteCount
        self.offset = offset
        self.dataOffset = dataOffset
    }
}

public import CodCore

/// Extracts instances out of tar archives: V7, ustar, GNU and PAX, also mixed in one file.
///
/// What it refuses (links, devices, sparse files, names that lead elsewhere) comes as a failure of that entry alone. Bytes that are no
/// tar, or a tar that ends inside an entry, end the portion with ``CodError/Code/damagedArchive``.
public struct TarExtractor: Extractor {
    /// An extractor; it has nothing to set.
    public init() {}

    /// A decoder that begins at an entry's first header.
    public func makeDecoder() -> TarDecoder { TarDecoder() }
}

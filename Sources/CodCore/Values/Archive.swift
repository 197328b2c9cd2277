/// One series' archive as it lies in a store: an uncompressed tar.
public struct Archive: Hashable, Sendable {
    /// The series whose instances it holds.
    public let series: SeriesID
    /// Its address as events and messages show it. It never holds a token.
    public let url: String
    /// Its name in the store: the object's name in the bucket, or the path below a folder.
    public let objectName: String
    /// Its size in bytes; `nil` when the store does not tell.
    public let byteCount: Int64?
    /// The generation that the plan was made from; every read is pinned to it. `nil` when the store has none.
    public let generation: Int64?
    /// The crc32c of the whole archive that the store lists; `nil` when it lists none.
    public let checksum: CRC32C?

    /// An archive in a store.
    public init(
        series: SeriesID, url: String, objectName: String, byteCount: Int64?, generation: Int64? = nil,
        checksum: CRC32C? = nil
    ) {
        self.series = series
        self.url = url
        self.objectName = objectName
        self.byteCount = byteCount
        self.generation = generation
        self.checksum = checksum
    }
}

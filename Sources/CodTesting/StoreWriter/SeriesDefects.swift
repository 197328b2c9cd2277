/// What is wrong with a series that ``StoreWriter`` writes; nothing by default. Indices are places among the instances of a call.
public struct SeriesDefects: Sendable {
    /// What the metadata says of where instances lie in the tar.
    public enum Offsets: Sendable, Hashable {
        /// As they are.
        case right
        /// `null`.
        case omitted
        /// So many bytes behind (or before) where they are.
        case shifted(by: Int64)
    }

    /// Nothing is wrong.
    public static let none = SeriesDefects()

    /// What the metadata says of where instances lie.
    public var offsets = Offsets.right
    /// Whether the metadata's sizes are `null`.
    public var omitsSizes = false
    /// Whether the metadata's checksums are `null`.
    public var omitsChecksums = false
    /// Instances whose checksum in the metadata is another one's.
    public var wrongChecksums: Set<Int> = []
    /// Instances that the metadata lists and the tar does not hold.
    public var missingEntries: Set<Int> = []
    /// Entries at the end of the tar that the metadata does not list; names as they stand in the tar.
    public var unlistedEntries: [(name: String, bytes: [UInt8])] = []
    /// Whether a writer's lock was left behind.
    public var hasLock = false
    /// Whether a note says that the series is bad.
    public var hasErrorLog = false

    /// Nothing is wrong.
    public init() {}
}

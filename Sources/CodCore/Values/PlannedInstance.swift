/// An instance as a series' metadata describes it, before a byte of it was fetched.
///
/// Every field but the identifier may be missing in a store.
public struct PlannedInstance: Hashable, Sendable {
    /// Its identifier: the key in the metadata.
    public let uid: String
    /// The size of its file in bytes.
    public var byteCount: Int64?
    /// The crc32c of its file.
    public var checksum: CRC32C?
    /// Where its first byte lies in the archive (after the entry's headers), in bytes from the archive's start.
    public var dataOffset: Int64?
    /// The name of its entry in the archive; `nil` for the usual `instances/<uid>.dcm`.
    public var entryName: String?
    /// Its address as the metadata gives it; `nil` where it gives none.
    public var uri: String?
    /// Whether the request asks for it. The others are here because they tell where entries begin and end.
    public var isWanted: Bool

    /// An instance as metadata describes it; what it does not say is left out.
    public init(
        uid: String, byteCount: Int64? = nil, checksum: CRC32C? = nil, dataOffset: Int64? = nil,
        entryName: String? = nil, uri: String? = nil, isWanted: Bool = true
    ) {
        self.uid = uid
        self.byteCount = byteCount
        self.checksum = checksum
        self.dataOffset = dataOffset
        self.entryName = entryName
        self.uri = uri
        self.isWanted = isWanted
    }

    /// What its entry in the archive is called, folders and `.dcm` left out; its identifier, but in odd stores.
    package var entryUID: String { entryName.map(EntryName.uid(of:)) ?? uid }
}

extension [PlannedInstance] {
    /// The identifiers that no unlisted entry can have: what the instances' entries are called, and what the instances themselves are,
    /// whose files such an entry would take the place of.
    var listedUIDs: Set<String> {
        var uids = Set(lazy.map(\.entryUID))
        for instance in self where instance.entryName != nil { uids.insert(instance.uid) }
        return uids
    }
}

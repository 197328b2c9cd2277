/// An instance as a series' metadata describes it, before a byte of it was fetched.
///
/// Every field but the identifier may be missing in a store. It takes 48 bytes beside its identifier: a series may have hundreds of
/// thousands.
public struct PlannedInstance: Hashable, Sendable {
    /// Its identifier: the key in the metadata.
    public let uid: String
    private var packedByteCount = PackedAmount()
    private var packedOffset = PackedAmount()
    /// Where its entry or its address is unusual.
    private var oddNames: OddNames?
    private var packedChecksum: UInt32 = 0
    private var hasChecksum = false
    /// Whether the request asks for it. The others are here because they tell where entries begin and end.
    public var isWanted: Bool

    /// An instance as metadata describes it; what it does not say is left out.
    public init(
        uid: String, byteCount: Int64? = nil, checksum: CRC32C? = nil, dataOffset: Int64? = nil,
        entryName: String? = nil, uri: String? = nil, path: String? = nil, isWanted: Bool = true
    ) {
        self.uid = uid
        self.isWanted = isWanted
        self.byteCount = byteCount
        self.checksum = checksum
        self.dataOffset = dataOffset
        oddNames = OddNames(entryName: entryName, uri: uri, path: path)
    }

    /// The size of its file in bytes.
    public var byteCount: Int64? {
        get { packedByteCount.value }
        set { packedByteCount.value = newValue }
    }

    /// The crc32c of its file.
    public var checksum: CRC32C? {
        get { hasChecksum ? CRC32C(packedChecksum) : nil }
        set { (hasChecksum, packedChecksum) = (newValue != nil, newValue?.value ?? 0) }
    }

    /// Where its first byte lies in the archive (after the entry's headers), in bytes from the archive's start.
    public var dataOffset: Int64? {
        get { packedOffset.value }
        set { packedOffset.value = newValue }
    }

    /// The name of its entry in the archive; `nil` for the usual `instances/<uid>.dcm`.
    public var entryName: String? {
        get { oddNames?.entryName }
        set { oddNames = OddNames(entryName: newValue, uri: uri, path: path) }
    }

    /// Its address as the metadata gives it; `nil` where it gives none.
    public var uri: String? {
        get { oddNames?.uri }
        set { oddNames = OddNames(entryName: entryName, uri: newValue, path: path) }
    }

    /// Where it is to be saved below the output folder, by a ``FileLayout``; `nil` where there is none.
    public var path: String? {
        get { oddNames?.path }
        set { oddNames = OddNames(entryName: entryName, uri: uri, path: newValue) }
    }

    /// What its entry in the archive is called, folders and `.dcm` left out; its identifier, but in odd stores.
    package var entryUID: String { entryName.map(EntryName.uid(of:)) ?? uid }
}

/// A count of bytes that may be missing, in eight bytes. What is no count, the smallest number there is, counts as missing.
private struct PackedAmount: Hashable, Sendable {
    private var raw = Int64.min

    var value: Int64? {
        get { raw == .min ? nil : raw }
        set { raw = newValue ?? .min }
    }
}

/// What few instances have, but for the paths of a layout, apart from the instance.
private final class OddNames: Hashable, Sendable {
    let entryName: String?
    let uri: String?
    let path: String?

    /// `nil` where there is none of them.
    init?(entryName: String?, uri: String?, path: String?) {
        if entryName == nil, uri == nil, path == nil { return nil }
        self.entryName = entryName
        self.uri = uri
        self.path = path
    }

    static func == (one: OddNames, other: OddNames) -> Bool {
        one.entryName == other.entryName && one.uri == other.uri && one.path == other.path
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(entryName)
        hasher.combine(uri)
        hasher.combine(path)
    }
}

extension [PlannedInstance] {
    /// The identifiers that no unlisted entry can have: what the instances' entries are called, and what the instances themselves are,
    /// whose files such an entry would take the place of.
    var listedUIDs: Set<String> {
        var uids = Set<String>(minimumCapacity: count)
        for instance in self {
            uids.insert(instance.entryUID)
            if instance.entryName != nil { uids.insert(instance.uid) }
        }
        return uids
    }
}

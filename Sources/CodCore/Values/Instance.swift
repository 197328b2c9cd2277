/// One DICOM instance on its way from an archive to where it is saved.
///
/// It carries all that the stages below need; nobody looks anything up in the stages above.
public struct Instance: Hashable, Sendable {
    /// The series it belongs to.
    public let series: SeriesID
    /// Its identifier (SOP Instance UID, or its hash): the key in the metadata. Checked with ``UIDText``.
    public let uid: String
    /// How many bytes of body follow, as the archive's entry says.
    public var byteCount: Int64
    /// What the metadata says the body's crc32c is; `nil` where it says nothing.
    public var checksum: CRC32C?

    /// An instance of a series. `uid` must have passed ``UIDText``.
    public init(series: SeriesID, uid: String, byteCount: Int64, checksum: CRC32C? = nil) {
        self.series = series
        self.uid = uid
        self.byteCount = byteCount
        self.checksum = checksum
    }

    /// `<study>/<series>/<instance>`, the form of cod-retrieve's `log.json`.
    public var path: String { "\(series)/\(uid)" }
}

/// Writes Cloud-Optimized DICOM stores into a folder, as the reference writer leaves them in a bucket.
///
/// Each series is one tar and one metadata.json beside it:
///
///     <folder>/<prefix>/studies/<study>/series/<series>.tar
///     <folder>/<prefix>/studies/<study>/series/<series>/metadata.json
///
/// A metadata.json that is stored gzip-encoded holds the gzip bytes on disk; whoever serves the folder knows it by its first
/// two bytes, `1f 8b`. Instances are written as they are made, one at a time; beside them only the returned record of what
/// was written grows, by some 200 bytes an instance. Times are fixed: the same call gives the same bytes.
public struct StoreWriter: Sendable, Hashable {
    /// The form of an instance's record in metadata.json.
    public enum MetadataVersion: Sendable, Hashable, CaseIterable {
        /// As `v1`, without a `version`, which the first stores did not have.
        case unversioned
        /// The DICOM JSON model stands in the record.
        case v1
        /// The DICOM JSON model is compressed with zstd and encoded in base64; the UIDs stand beside it.
        case v2
    }

    /// How metadata.json is stored.
    public enum MetadataEncoding: Sendable, Hashable, CaseIterable {
        /// Packed, as the reference writer stores it; the object is stored with `Content-Encoding: gzip`.
        case gzip
        /// As it is.
        case plain
    }

    /// The folder that stands for the bucket. Made when it is not there.
    public var folder: String
    /// What stands before `studies/` in the names of objects, without slashes at its ends; `nil`: nothing.
    public var prefix: String?
    /// The bucket's name, as the instances' addresses have it.
    public var bucket: String
    /// The form of the records.
    public var metadataVersion: MetadataVersion
    /// How metadata.json is stored.
    public var metadataEncoding: MetadataEncoding
    /// Whether the store knows studies, series and instances by the SHA-256 of their UIDs, 64 hex digits; the UIDs inside the
    /// DICOM files stay as they are.
    public var hashesUIDs: Bool

    /// A writer into a folder, which need not be there yet.
    public init(
        folder: String, prefix: String? = nil, bucket: String = "phantom-bucket", metadataVersion: MetadataVersion = .v2,
        metadataEncoding: MetadataEncoding = .gzip, hashesUIDs: Bool = false
    ) {
        self.folder = folder
        self.prefix = prefix
        self.bucket = bucket
        self.metadataVersion = metadataVersion
        self.metadataEncoding = metadataEncoding
        self.hashesUIDs = hashesUIDs
    }
}

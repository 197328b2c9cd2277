public import CodCore

/// What ``StoreWriter`` wrote: what a retrieval of it must give.
public struct WrittenStore: Sendable {
    /// What wrote it.
    public let writer: StoreWriter
    /// The studies, in the order in which they were written.
    public internal(set) var studies: [WrittenStudy]

    /// The folder that holds `studies/`.
    public var studiesParentFolder: String {
        let prefix = writer.objectName("")
        return prefix.isEmpty ? writer.folder : "\(writer.folder)/\(prefix.dropLast())"
    }

    /// All series of all studies, in order.
    public var series: [WrittenSeries] { studies.flatMap(\.series) }

    /// All instances of all series, in order.
    public var instances: [WrittenInstance] { series.flatMap(\.instances) }

    /// The sizes of all instances, added up.
    public var byteCount: Int64 { series.reduce(0) { $0 + $1.byteCount } }
}

/// A study in a ``WrittenStore``.
public struct WrittenStudy: Sendable, Hashable {
    /// What the store calls it.
    public let uid: String
    /// Its Study Instance UID; the same unless UIDs are hashed.
    public let originalUID: String
    /// Its series, in order.
    public let series: [WrittenSeries]
}

/// A series in a ``WrittenStore``, or what one call added to it.
public struct WrittenSeries: Sendable, Hashable {
    /// What the store calls it and its study.
    public let id: SeriesID
    /// DICOM Modality, such as `CT`.
    public let modality: String
    /// DICOM Series Description.
    public let description: String
    /// The names of its objects in the bucket, prefix included; paths below the writer's folder.
    public let archiveName: String
    /// The name of its metadata.json in the bucket, prefix included.
    public let metadataName: String
    /// The length of the whole tar.
    public let archiveByteCount: Int64
    /// The instances that one call wrote, in the tar's order.
    public let instances: [WrittenInstance]

    /// The sizes of its instances, added up.
    public var byteCount: Int64 { instances.reduce(0) { $0 + $1.byteCount } }
}

/// An instance in a ``WrittenStore``.
public struct WrittenInstance: Sendable, Hashable {
    /// What the store calls it.
    public let uid: String
    /// Its SOP Instance UID; the same unless UIDs are hashed.
    public let originalUID: String
    /// The size of its file.
    public let byteCount: Int64
    /// Of its bytes as they are in the tar, whatever the metadata was made to say.
    public let checksum: CRC32C
    /// Where its first byte is in the tar; `nil` when it was left out of it.
    public let byteOffset: Int64?
}

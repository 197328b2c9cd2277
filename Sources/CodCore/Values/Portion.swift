/// The unit of work: a byte range of one archive that begins and ends at the boundary of an entry.
///
/// A tar cut at its entries' boundaries is a tar, so a portion is fetched, extracted, verified and saved on its own. A whole
/// archive, what is left of it after a kill, a few chosen instances, and a slice of a huge archive are all portions.
public struct Portion: Sendable {
    /// The archive it is cut from.
    public let archive: Archive
    /// The bytes of the archive that it covers; `nil` for the whole of an archive whose size is not known.
    public let byteRange: Range<Int64>?
    /// The instances that are wanted out of it, in the archive's order where that is known. Other entries are passed over.
    public let instances: [PlannedInstance]
    /// Whether entries that the metadata does not list are saved as well. True where a series is wanted whole: its archive
    /// may have grown since the metadata was written.
    public let keepsUnlisted: Bool
    /// The identifiers of all instances that the metadata lists, wanted here or not: an entry of such a name is never an unlisted
    /// one. Used where ``keepsUnlisted`` is true.
    public let listedUIDs: Set<String>

    /// `listedUIDs` are those of `instances` when none are given.
    public init(
        archive: Archive, byteRange: Range<Int64>?, instances: [PlannedInstance], keepsUnlisted: Bool = false,
        listedUIDs: Set<String>? = nil
    ) {
        self.archive = archive
        self.byteRange = byteRange
        self.instances = instances
        self.keepsUnlisted = keepsUnlisted
        self.listedUIDs = listedUIDs ?? instances.listedUIDs
    }

    /// The series that it is part of.
    public var series: SeriesID { archive.series }

    /// How many bytes are fetched for it; `nil` when the archive's size is not known.
    public var byteCount: Int64? { byteRange.map { $0.upperBound - $0.lowerBound } }

    /// Whether it is the archive from its first byte to its last.
    public var isWholeArchive: Bool {
        guard let byteRange else { return true }
        return byteRange.lowerBound == 0 && byteRange.upperBound == archive.byteCount
    }

    /// The crc32c that the store lists for the archive, where the portion is the whole of it and may hold instances that have no
    /// checksum of their own. Where each has one the archive's tells nothing more.
    var checksumInDoubt: CRC32C? {
        guard isWholeArchive, let checksum = archive.checksum else { return nil }
        if instances.contains(where: { $0.checksum == nil }) { return checksum }
        guard keepsUnlisted else { return nil }
        let layout = EntryLayout(instances: instances, archiveByteCount: archive.byteCount)
        return layout?.mayHoldUnlisted == false ? nil : checksum
    }

    /// The same bytes, for those of its instances that are not saved.
    func without(_ saved: Set<String>) -> Portion {
        Portion(
            archive: archive, byteRange: byteRange, instances: instances.filter { !saved.contains($0.uid) },
            keepsUnlisted: keepsUnlisted, listedUIDs: listedUIDs)
    }
}

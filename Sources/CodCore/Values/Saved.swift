/// An instance that stands under its final name.
public struct SavedInstance: Hashable, Sendable {
    /// What was saved.
    public let instance: Instance
    private let place: SavedPlace
    /// The crc32c of what was saved; `nil` when nobody computed it.
    public package(set) var checksum: CRC32C?
    /// Whether it was saved by an earlier run: it was not fetched in this one.
    public let isEarlier: Bool
    /// The crc32c of the archive that it came out of, where the bytes of that as a whole were compared with what the store lists, and
    /// what the metadata does not list was saved as well.
    public package(set) var archiveChecksum: CRC32C?

    /// Where an instance was saved. The framework fills in a checksum that a stage computed.
    public init(instance: Instance, path: String, root: String, checksum: CRC32C? = nil, isEarlier: Bool = false) {
        self.init(instance: instance, in: SavedPlace(root: root, path: path), checksum: checksum, isEarlier: isEarlier)
    }

    /// The same for one of many in a place.
    package init(instance: Instance, in place: SavedPlace, checksum: CRC32C? = nil, isEarlier: Bool = false) {
        self.instance = instance
        self.place = place
        self.checksum = checksum
        self.isEarlier = isEarlier
    }

    /// Where it is: a path below ``root``, as the sink laid it out (`<study>/<series>/instances/<uid>.dcm`).
    public var path: String { place.path(of: instance.uid) }

    /// The folder or archive that ``path`` is relative to.
    public var root: String { place.root }

    /// Equal are those that were saved under the same path of the same root, whoever told it in what parts.
    public static func == (one: Self, other: Self) -> Bool {
        one.instance == other.instance && one.path == other.path && one.root == other.root && one.checksum == other.checksum
            && one.isEarlier == other.isEarlier && one.archiveChecksum == other.archiveChecksum
    }

    public func hash(into hasher: inout Hasher) {
        // Those that are equal have the same instance; few that are not do.
        hasher.combine(instance)
    }

    /// Whether it came out of an archive whose bytes as a whole have the crc32c that the store lists.
    public var isConfirmedByArchive: Bool { archiveChecksum != nil }

    /// Whether its bytes were compared with the metadata's checksum, and are equal.
    public var isVerified: Bool { checksum != nil && checksum == instance.checksum }
}

/// What came of a portion of a series, or of all its portions together.
public struct SavedSeries: Sendable {
    /// Which series.
    public let id: SeriesID
    /// The instances that were saved, in the archive's order within a portion.
    public var instances: [SavedInstance]
    /// What failed: each error names its instance where it concerns one.
    public var failures: [CodError]

    /// What came of a series.
    public init(id: SeriesID, instances: [SavedInstance] = [], failures: [CodError] = []) {
        self.id = id
        self.instances = instances
        self.failures = failures
    }
}

/// What came of a study: all its series, saved now or earlier, and what was made of them.
public struct SavedStudy: Sendable {
    /// The study's identifier.
    public let uid: String
    /// Its series, in the plan's order.
    public var series: [SavedSeries]
    /// Paths of what finishers made: a zip, a list of checksums.
    public var artifacts: [String]

    /// What came of a study.
    public init(uid: String, series: [SavedSeries] = [], artifacts: [String] = []) {
        self.uid = uid
        self.series = series
        self.artifacts = artifacts
    }

    /// Whether every instance that was asked for is saved.
    public var isComplete: Bool { series.allSatisfy(\.failures.isEmpty) }
}

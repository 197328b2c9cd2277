/// What a store holds of one series, and what of it a request wants.
public struct SeriesPlan: Sendable {
    /// What can be done with a series.
    public enum State: Sendable {
        /// It has an archive that can be fetched.
        case retrievable(Archive)
        /// There is nothing in it: no instance was ever stored (each failed when it was taken in, say).
        case empty
        /// It cannot be planned; the error says why. Other series are not touched by it.
        case failed(CodError)
    }

    /// Something that the store says of a series beside its content.
    public enum Notice: String, Hashable, Sendable {
        /// The writer's lock is there: the series is being written, or a write failed.
        case locked
        /// The writer left an error log: the series is known to be bad.
        case hasErrorLog
    }

    /// Which series.
    public let id: SeriesID
    /// What can be done with it.
    public let state: State
    /// All the instances that the metadata lists, wanted or not, in the order of their offsets where those are known.
    public var instances: [PlannedInstance]
    /// DICOM Modality (0008,0060), such as `CT`; `nil` where the metadata does not say.
    public let modality: String?
    /// DICOM Series Description (0008,103E).
    public let seriesDescription: String?
    /// What the store says of it beside its content.
    public let notices: Set<Notice>
    /// The archive's address as the metadata's uris give it, `gs://…/<series>.tar`: what instances without a
    /// ``PlannedInstance/uri`` of their own share. `nil` where the metadata does not say.
    public let archiveURI: String?

    /// The plan for one series.
    public init(
        id: SeriesID, state: State, instances: [PlannedInstance] = [], modality: String? = nil,
        seriesDescription: String? = nil, notices: Set<Notice> = [], archiveURI: String? = nil
    ) {
        self.id = id
        self.state = state
        self.instances = instances
        self.modality = modality
        self.seriesDescription = seriesDescription
        self.notices = notices
        self.archiveURI = archiveURI
    }

    /// The archive to fetch from; `nil` for a series that is empty or could not be planned.
    public var archive: Archive? {
        if case .retrievable(let archive) = state { archive } else { nil }
    }

    /// Why the series could not be planned; says so where the store itself calls the series doubtful.
    public var failure: CodError? {
        if case .failed(let error) = state { error.noting(notices) } else { nil }
    }

    /// The address of an instance: the metadata's, or one made of the archive's.
    public func uri(of instance: PlannedInstance) -> String {
        instance.uri(below: commonURI)
    }

    /// What the addresses of its instances begin with.
    var commonURI: String { archiveURI ?? archive?.url ?? id.description }
}

extension PlannedInstance {
    /// Its address: the metadata's, or one made of the archive's.
    func uri(below archive: String) -> String { uri ?? "\(archive)://\(entryName ?? "instances/\(uid).dcm")" }
}

/// What a request comes to: how much there is, how much of it is saved, how much is to travel. Computed afresh each time.
///
/// The first six fields are cod-retrieve's, name for name.
public struct DownloadStats: Sendable, Hashable, Encodable {
    /// Series that hold at least one wanted instance.
    public let totalSeriesCount: Int
    /// Those of them whose wanted instances are all saved.
    public let totalSavedSeriesCount: Int
    /// The sizes of the wanted instances, added up, in bytes.
    public let totalSizeBytes: Int64
    /// The same of those that are saved.
    public let totalSavedSizeBytes: Int64
    /// One text per series still to fetch: `<study>/ series/ <series>.tar`.
    public let series: [String]
    let toFetch: InstancesToFetch
    /// How many bytes of archives are to be fetched.
    public let transferSizeBytes: Int64
    /// How many instances are wanted.
    public let instanceCount: Int
    /// A row for every series of every study.
    public let studies: [StudyStats]

    /// The address of every instance still to fetch. Made anew each time.
    public var items: [String] { Array(toFetch.addresses) }

    private enum CodingKeys: String, CodingKey {
        case totalSeriesCount, totalSavedSeriesCount, totalSizeBytes, totalSavedSizeBytes, series, transferSizeBytes
        case instanceCount, studies
        case toFetch = "items"
    }
}

/// A study's part of ``DownloadStats``.
public struct StudyStats: Sendable, Hashable, Encodable {
    /// The study's identifier.
    public let study: String
    /// Its series, in the plan's order.
    public let series: [SeriesStats]
    /// Why nothing of the study can be retrieved; absent when it can.
    public let error: String?
}

/// A series' row in ``DownloadStats``.
public struct SeriesStats: Sendable, Hashable, Encodable {
    /// How far a series is.
    public enum State: String, Sendable, Hashable, Encodable {
        /// All wanted instances are saved.
        case saved
        /// Some are.
        case partial
        /// None is.
        case remote
        /// There is nothing in it.
        case empty
        /// It cannot be retrieved.
        case failed
    }

    /// The series' identifier.
    public let series: String
    /// DICOM Modality, such as `CT`; absent where it is not known.
    public let modality: String?
    /// DICOM Series Description; absent where it is not known.
    public let description: String?
    /// How many instances the metadata lists, wanted or not.
    public let listed: Int
    /// How many instances are wanted.
    public let instances: Int
    /// Their sizes, added up.
    public let bytes: Int64
    /// How many of them are saved.
    public let saved: Int
    /// The sizes of those, added up.
    public let savedBytes: Int64
    /// How far the series is.
    public let state: State
    /// `locked`, `hasErrorLog`, or nothing.
    public let notices: [String]
    /// Why it cannot be retrieved; absent when it can.
    public let error: String?
}

extension DownloadStats {
    package init(_ work: Work) {
        let all = work.allStudies.flatMap(\.series)
        let withContent = all.filter { $0.plan.instances.contains(where: \.isWanted) }
        let open = work.studies.flatMap(\.series).filter {
            !$0.portions.isEmpty && $0.plan.instances.contains(where: \.isWanted)
        }
        let rows = work.allStudies.map(StudyStats.init)
        self.init(
            totalSeriesCount: withContent.count,
            totalSavedSeriesCount: withContent.count(where: \.isComplete),
            totalSizeBytes: rows.reduce(0) { $0 + $1.series.reduce(0) { $0 + $1.bytes } },
            totalSavedSizeBytes: all.reduce(0) { $0 + $1.saved.reduce(0) { $0 + $1.instance.byteCount } },
            series: open.map { "\($0.plan.id.study)/ series/ \($0.plan.id.series).tar" },
            toFetch: InstancesToFetch(open),
            transferSizeBytes: open.reduce(0) { $0 + $1.portions.reduce(0) { $0 + ($1.byteCount ?? 0) } },
            instanceCount: rows.reduce(0) { $0 + $1.series.reduce(0) { $0 + $1.instances } },
            studies: rows)
    }
}

extension StudyStats {
    fileprivate init(_ work: StudyWork) {
        self.init(study: work.uid, series: work.series.map(SeriesStats.init), error: work.failure?.message)
    }
}

extension SeriesStats {
    fileprivate init(_ work: SeriesWork) {
        let wanted = work.plan.instances.lazy.filter(\.isWanted)
        let state: State =
            if work.plan.failure != nil { .failed } else if wanted.isEmpty { .empty } else if work.isComplete { .saved } else {
                work.saved.isEmpty ? .remote : .partial
            }
        self.init(
            series: work.plan.id.series, modality: work.plan.modality, description: work.plan.seriesDescription,
            listed: work.plan.instances.count, instances: wanted.count, bytes: wanted.reduce(0) { $0 + ($1.byteCount ?? 0) },
            saved: work.saved.count, savedBytes: work.saved.reduce(0) { $0 + $1.instance.byteCount }, state: state,
            notices: work.plan.notices.map(\.rawValue).sorted(), error: work.plan.failure?.message)
    }
}

internal import CodCore
internal import CodTransport

/// Begins a series of the study that was begun last.
struct SeriesLine: Codable, Sendable {
    enum State: String, Codable, Sendable { case retrievable, empty, failed }

    struct ArchiveRecord: Codable, Sendable {
        let object: String
        let byteCount: Int64?
        let generation: Int64?
        let crc32c: String?
    }

    let series: String
    let state: State
    let archive: ArchiveRecord?
    /// Why it cannot be retrieved.
    let failure: FailureRecord?
    let modality: String?
    let description: String?
    let notices: [String]?
    let archiveURI: String?

    init(_ plan: SeriesPlan) {
        series = plan.id.series
        modality = plan.modality
        description = plan.seriesDescription
        notices = plan.notices.isEmpty ? nil : plan.notices.map(\.rawValue).sorted()
        archiveURI = InstanceRecord.address(plan.archiveURI)
        archive = plan.archive.map {
            ArchiveRecord(
                object: $0.objectName, byteCount: $0.byteCount, generation: $0.generation, crc32c: $0.checksum?.base64)
        }
        failure = plan.failure.map { FailureRecord($0) }
        state =
            switch plan.state {
            case .retrievable: .retrievable
            case .empty: .empty
            case .failed: .failed
            }
    }

    /// What the store said of the series beside its content; what this version does not know is passed over.
    var knownNotices: Set<SeriesPlan.Notice> { Set((notices ?? []).compactMap(SeriesPlan.Notice.init)) }

    /// The archive, whose name must be the one that such a series has in the store.
    func checkedArchive(of id: SeriesID, at place: StorePlace) throws(PlanProblem) -> Archive {
        guard let archive else { throw PlanProblem("\"archive\" is missing") }
        let name = place.archiveName(of: id)
        guard archive.object == name else {
            throw PlanProblem("its archive is \(EntryName.printable(archive.object)), and that of the series is \(name)")
        }
        if let byteCount = archive.byteCount, !PlanLimits.sizes.contains(byteCount) {
            throw PlanProblem("its archive has \(byteCount) bytes, which no object has")
        }
        return Archive(
            series: id, url: place.url(of: name), objectName: name, byteCount: archive.byteCount,
            generation: archive.generation, checksum: try InstanceRecord.checksum(archive.crc32c))
    }
}

/// What no value of a plan can be beyond.
enum PlanLimits {
    /// No object in Google Cloud Storage is longer than 5 TiB, nor are the instances of a series together.
    static let sizes: ClosedRange<Int64> = 0...(5 << 40)
    /// A line, in bytes. Those that are written have at most 1,000 instances and about 256 KiB.
    static let lineByteCount = 4 << 20
    /// Of a text that is shown to people.
    static let textCount = 4096
}

internal import CodCore
internal import SystemPackage

extension SeriesScan {
    /// Looks for the files of a series where its records say that they are. Blocks on the disk.
    init(ofLaidOut series: SeriesID, in root: OpenFile, meter: VerificationMeter) {
        do throws(Errno) {
            let records = try SeriesRecords(reading: series, in: root)
            try take(records, ofLaidOut: series, in: root, meter: meter)
        } catch {
            findings.append(.unreadableRecords(of: series, error))
        }
    }

    /// Goes through the records in the order of their paths: a batch is of one folder.
    private mutating func take(
        _ records: SeriesRecords, ofLaidOut series: SeriesID, in root: OpenFile, meter: VerificationMeter
    ) throws(Errno) {
        let places = records.instances.compactMap { records[instance: $0] }.map { record in
            (record: record, parts: PathParts(record.path ?? OutputLayout.path(of: record.uid, in: series)))
        }.sorted { ($0.parts.folder, $0.parts.name) < ($1.parts.folder, $1.parts.name) }
        var batch: (path: String, batch: CheckBatch)?
        var folders = PathFolders(root)
        for (record, parts) in places {
            let folder: OpenFile?
            let status: FileStatus?
            do {
                folder = try folders.folder(at: parts.folder)
                status = try folder?.status(of: parts.name)
            } catch {
                findings.append(.unreadable(record, of: series, error))
                meter.looked(at: record, reading: 0)
                continue
            }
            guard let folder, let status, status.kind == .file else {
                findings.append(.missing(record, of: series, inItsPlace: status?.kind))
                meter.looked(at: record, reading: 0)
                continue
            }
            if let full = batch, full.path != parts.folder || full.batch.isFull {
                batches.append(full.batch)
                batch = nil
            }
            var current = batch?.batch ?? CheckBatch(series: series, folder: folder)
            current.add(InstanceCheck(record: record, name: parts.name, byteCount: status.byteCount))
            batch = (parts.folder, current)
        }
        if let batch { batches.append(batch.batch) }
    }
}

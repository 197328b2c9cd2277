internal import CodCore
internal import SystemPackage

/// One series: which of its files are to be read, and what is wrong without reading any. It holds the series' records and names.
struct SeriesScan {
    private(set) var batches: [CheckBatch] = []
    private(set) var findings: [VerificationFinding] = []

    /// Looks into the folder and the records of a series below `root`. Blocks on the disk.
    init(of series: SeriesID, in root: OpenFile, meter: VerificationMeter) {
        let path = "\(series)"
        let folder: OpenFile?
        // Files first, records after them: what is saved meanwhile is looked at once more below, and is not taken for lost.
        var sizes: [String: Int64] = [:]
        var others: [String: FileStatus.Kind?] = [:]
        do {
            if let outer = try root.folderIfThere(series.study)?.folderIfThere(series.series) {
                findings += OutputScan.strays(in: outer, at: path) { $0 == OutputLayout.instancesName && $1 == .folder }
            }
            folder = try root.instancesFolder(of: series)
            try folder?.forEachName { name in
                let status = try folder?.status(of: name)
                if status?.kind == .file, let uid = OutputLayout.instance(ofFileNamed: name) {
                    sizes[uid] = status?.byteCount
                } else {
                    others[name] = status?.kind
                }
            }
        } catch {
            findings.append(
                .unreadableFolder("\(path)/\(OutputLayout.instancesName)", error as? Errno ?? .ioError).located(in: series))
            return
        }
        do throws(Errno) {
            let records = try SeriesRecords(reading: series, in: root)
            try take(records, of: series, sizes: &sizes, others: &others, in: folder, meter: meter)
            findings += sizes.sorted { $0.key < $1.key }.map { .unrecorded($0.key, byteCount: $0.value, of: series) }
        } catch {
            findings.append(.unreadableRecords(of: series, error))
        }
        findings += others.sorted { $0.key < $1.key }.map {
            .unknown("\(path)/\(OutputLayout.instancesName)/\($0.key)", $0.value).located(in: series)
        }
    }

    /// Goes through the records; what they know is taken out of `sizes` and `others`.
    private mutating func take(
        _ records: SeriesRecords, of series: SeriesID, sizes: inout [String: Int64],
        others: inout [String: FileStatus.Kind?], in folder: OpenFile?, meter: VerificationMeter
    ) throws(Errno) {
        var batch: CheckBatch?
        for uid in records.instances.sorted() {
            guard let record = records[instance: uid] else { continue }
            let name = OutputLayout.fileName(of: uid)
            let listed = sizes.removeValue(forKey: uid)
            let status = try listed == nil ? folder?.status(of: name) : nil
            guard let folder, let byteCount = listed ?? (status?.kind == .file ? status?.byteCount : nil) else {
                others.removeValue(forKey: name)
                findings.append(.missing(record, of: series, inItsPlace: status?.kind))
                meter.looked(at: record, reading: 0)
                continue
            }
            var current = batch ?? CheckBatch(series: series, folder: folder)
            current.add(InstanceCheck(record: record, byteCount: byteCount))
            if current.isFull { batches.append(current) }
            batch = current.isFull ? nil : current
        }
        if let batch { batches.append(batch) }
    }
}

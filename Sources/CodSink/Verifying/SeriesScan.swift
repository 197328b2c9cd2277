internal import CodCore
internal import SystemPackage

/// One series: which of its files are to be read, and what is wrong without reading any. It holds the series' records and names.
struct SeriesScan {
    private typealias File = (name: String, byteCount: Int64)

    var batches: [CheckBatch] = []
    var findings: [VerificationFinding] = []

    /// Looks into the folder and the records of a series below `root`. Blocks on the disk.
    init(of series: SeriesID, in root: OpenFile, meter: VerificationMeter) {
        let path = "\(series)"
        let folder: OpenFile?
        // Files first, records after them: what is saved meanwhile is looked at once more below, and is not taken for lost.
        var files: [String: File] = [:]
        var others: [String: FileStatus.Kind?] = [:]
        do {
            if let outer = try root.folderIfThere(of: series.study)?.folderIfThere(of: series.series) {
                findings += OutputScan.strays(in: outer, at: path) { $0 == OutputLayout.instancesName && $1 == .folder }
            }
            folder = try root.instancesFolder(of: series)
            try folder?.forEachName { name in
                let status = try folder?.status(of: name)
                guard let status, status.kind == .file, let uid = OutputLayout.instance(ofFileNamed: name) else {
                    others[name] = status?.kind
                    return
                }
                let file = (name, status.byteCount)
                guard let other = files[uid] else {
                    files[uid] = file
                    return
                }
                // A plain name and a marked one, which only a disk that heeds case can have: the plain one counts.
                let isPlain = name == OutputLayout.fileName(of: uid)
                files[uid] = isPlain ? file : other
                others[isPlain ? other.name : name] = .file
            }
        } catch {
            findings.append(
                .unreadableFolder("\(path)/\(OutputLayout.instancesName)", error as? Errno ?? .ioError).located(in: series))
            return
        }
        do throws(Errno) {
            let records = try SeriesRecords(reading: series, in: root)
            try take(records, of: series, files: &files, others: &others, in: folder, meter: meter)
            var unrecorded = files.sorted { $0.key < $1.key }.map {
                VerificationFinding.unrecorded($0.key, byteCount: $0.value.byteCount, of: series)
            }
            if records.count == 0, unrecorded.count > 1 {
                for index in unrecorded.indices { unrecorded[index].unrecordedSeriesCount = index == 0 ? unrecorded.count : 0 }
            }
            findings += unrecorded
        } catch {
            findings.append(.unreadableRecords(of: series, error))
        }
        findings += others.sorted { $0.key < $1.key }.map {
            .unknown("\(path)/\(OutputLayout.instancesName)/\($0.key)", $0.value).located(in: series)
        }
    }

    /// Goes through the records; what they know is taken out of `files` and `others`.
    private mutating func take(
        _ records: SeriesRecords, of series: SeriesID, files: inout [String: File],
        others: inout [String: FileStatus.Kind?], in folder: OpenFile?, meter: VerificationMeter
    ) throws(Errno) {
        var batch: CheckBatch?
        for uid in records.instances.sorted() {
            guard let record = records[instance: uid] else { continue }
            let listed = files.removeValue(forKey: uid)
            let found = listed == nil ? try folder?.fileName(ofInstance: uid) : listed?.name
            let name = found ?? OutputLayout.fileName(of: uid)
            let status = try listed == nil ? folder?.status(of: name) : nil
            guard let folder, let byteCount = listed?.byteCount ?? (status?.kind == .file ? status?.byteCount : nil) else {
                others.removeValue(forKey: name)
                findings.append(.missing(record, of: series, inItsPlace: status?.kind))
                meter.looked(at: record, reading: 0)
                continue
            }
            var current = batch ?? CheckBatch(series: series, folder: folder)
            current.add(InstanceCheck(record: record, name: name, byteCount: byteCount))
            if current.isFull { batches.append(current) }
            batch = current.isFull ? nil : current
        }
        if let batch { batches.append(batch) }
    }
}

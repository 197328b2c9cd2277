import CodCore
import SystemPackage

/// What a download would take and need: what it fetches, where that goes, and whether it fits.
struct DownloadRoom: Encodable {
    let output: String
    let zipFolder: String?
    let studyCount: Int
    let seriesCount: Int
    /// Instances that are not saved yet, and that one run saves.
    let instances: Int
    let bytesToSave: Int64
    let bytesToTransfer: Int64
    /// Files that would be written: instances, and a zip for each study that gets whole.
    let files: Int
    /// The limit of bytes that one run fetches; absent where there is none.
    var maxBytes: Int64?
    /// At a limited rate it takes so long at least; absent where there is none.
    var leastSeconds: Double?
    /// The room on the disk of the output, and of the zips; absent where it is not told.
    let freeBytes: Int64?
    let freeBytesForZips: Int64?
    /// Whether a download would begin, as far as is known.
    let fits: Bool

    init(_ rehearsal: Rehearsal, _ retrieval: Retrieval, maximumRate: Int64?) {
        output = Redaction.clean(retrieval.output)
        studyCount = rehearsal.studyCount
        seriesCount = rehearsal.seriesCount
        instances = rehearsal.instanceCount
        bytesToSave = rehearsal.byteCount
        bytesToTransfer = rehearsal.stats.transferSizeBytes
        let zips = retrieval.zips
        zipFolder = zips.map { Redaction.clean($0.folder) }
        files = (zips?.isOnly == true ? 0 : instances) + (zips == nil ? 0 : rehearsal.completedStudyCount)
        maxBytes = retrieval.options.maximumByteCount
        leastSeconds = maximumRate.map { Double(rehearsal.stats.transferSizeBytes) / Double($0) }
        freeBytes = Self.freeByteCount(at: retrieval.output)
        freeBytesForZips = zips.flatMap { $0.isOnly ? nil : Self.freeByteCount(at: $0.folder) }
        fits = rehearsal.obstacle == nil
    }

    private static func freeByteCount(at path: String) -> Int64? {
        (try? OpenFile.nearestFolder(to: FilePath(path)).fileSystem())?.freeByteCount
    }

    var lines: [String] {
        let zipped = zipFolder.map { $0 == output ? ", in a zip for each study" : ", and each whole study zipped in \($0)" } ?? ""
        var lines = ["Nothing was fetched. Without --dry-run it would be saved to \(output)\(zipped)."]
        var todo =
            "To save: \(Amount.count(instances, "instance")) of \(Amount.count(seriesCount, "series")) in "
            + "\(Amount.count(studyCount, "study")), \(Amount.bytes(bytesToSave)) in \(Amount.count(files, "file"))"
        if let freeBytes { todo += "; \(Amount.bytes(freeBytes)) are free there" }
        if let freeBytesForZips { todo += ", \(Amount.bytes(freeBytesForZips)) where zips go" }
        lines.append(todo + ".")
        if let maxBytes {
            lines.append("One run fetches \(Amount.bytes(maxBytes)) at most: now \(Amount.bytes(bytesToTransfer)).")
        }
        if let leastSeconds {
            lines.append(
                "At that rate fetching \(Amount.bytes(bytesToTransfer)) takes \(Amount.time(seconds: leastSeconds)) at least.")
        }
        return lines
    }
}

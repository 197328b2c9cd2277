import CodCore
import SystemPackage

/// Writes one series: entries into its tar and records into its metadata, side by side.
struct SeriesWriter {
    private let store: StoreWriter
    private let series: SeriesIdentity
    private let id: SeriesID
    private let defects: SeriesDefects
    private let text: MetadataText
    private let archiveName: String
    private let metadataName: String
    /// The tar's file when it is a new one.
    private var archiveFile: StoreFile?
    private var archive: TarWriter<FileOutput>
    private var metadata: MetadataWriter
    private var instances: [WrittenInstance] = []

    init(_ store: StoreWriter, _ series: SeriesIdentity, appending: Bool, defects: SeriesDefects) throws {
        (self.store, self.series, self.defects) = (store, series, defects)
        id = try store.checkedID(study: series.study, series: series.series)
        text = MetadataText(store, series)
        let path = "studies/\(id.study)/series/\(id.series)"
        archiveName = store.objectName("\(path).tar")
        metadataName = store.objectName("\(path)/metadata.json")
        let studyFolder = try store.objectFolder(["studies", id.study, "series"])
        let folder = try store.objectFolder(["studies", id.study, "series", id.series])
        metadata = try MetadataWriter(in: folder, path: metadataName, encoding: store.metadataEncoding)
        do {
            if appending, try folder.status(of: "metadata.json") != nil {
                try metadata.start(from: folder.openReading("metadata.json"), path: metadataName)
            } else {
                try metadata.start(text.start)
            }
            if appending, try studyFolder.status(of: "\(id.series).tar") != nil {
                // Grows in place, as a tar does: new entries begin where its end was marked.
                let older = OpenFile(try FileDescriptor.open(FilePath("\(store.folder)/\(archiveName)"), .readWrite))
                let end = try TarEnd(of: older.descriptor)
                try older.descriptor.seek(offset: end.byteCount, from: .start)
                archiveFile = nil
                archive = TarWriter(
                    into: FileOutput(older, path: archiveName), from: end.byteCount, entryCount: end.entryCount)
            } else {
                let file = try StoreFile(in: studyFolder, name: "\(id.series).tar", path: archiveName)
                archiveFile = file
                archive = TarWriter(into: file.output)
            }
        } catch let errno as Errno { throw CodError.file("grow", archiveName, errno) }
    }

    /// Writes an instance.
    mutating func add(_ instance: ArchivedInstance) throws -> WrittenInstance {
        let index = instances.count
        let key = store.identifier(instance.uid)
        var checksum = RunningCRC32C()
        var offset: Int64?
        if defects.missingEntries.contains(index) {
            try instance.forEachChunk { checksum.update($0) }
        } else {
            offset = try archive.add("instances/\(key).dcm", byteCount: instance.byteCount) { write in
                try instance.forEachChunk { chunk in
                    checksum.update(chunk)
                    try write(chunk)
                }
            }
        }
        let written = WrittenInstance(
            uid: key, originalUID: instance.uid, byteCount: instance.byteCount, checksum: checksum.checksum, byteOffset: offset)
        try metadata.add(record(of: instance, written, isWrong: defects.wrongChecksums.contains(index)))
        instances.append(written)
        return written
    }

    /// Writes the ends and puts the files in their places.
    mutating func finish() throws -> WrittenSeries {
        for entry in defects.unlistedEntries { try archive.add(entry.name, entry.bytes) }
        try archive.finish()
        if let archiveFile { try archiveFile.commit() } else { try archive.output.flush() }
        let written = WrittenSeries(
            id: id, modality: series.modality, description: series.description, archiveName: archiveName,
            metadataName: metadataName, archiveByteCount: archive.byteCount, instances: instances)
        try metadata.finish()
        return written
    }

    private func record(of instance: ArchivedInstance, _ written: WrittenInstance, isWrong: Bool) throws -> String {
        let offset: Int64? =
            switch defects.offsets {
            case .right: written.byteOffset
            case .omitted: nil
            case .shifted(let distance): written.byteOffset.map { $0 + distance }
            }
        let checksum = isWrong ? CRC32C(~written.checksum.value) : written.checksum
        return try text.record(
            instance, byteOffset: offset, byteCount: defects.omitsSizes ? nil : written.byteCount,
            checksum: defects.omitsChecksums ? nil : checksum)
    }
}

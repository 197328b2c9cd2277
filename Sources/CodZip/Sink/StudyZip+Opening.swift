import CodCore
import SystemPackage

extension StudyZip {
    /// Opens the zip in progress of a study, made where it is not there, for this process alone: what its journal tells is compared with
    /// what lies there, and what is not right is forgotten. A new one is begun with the time `modified`.
    ///
    /// Throws a ``CodError`` of reach `study` that says who fills it where another process does.
    static func open(_ names: Names, modified: ZipTime) throws -> StudyZip {
        do {
            let file = try locked(names)
            let journal: OpenFile
            do { journal = try lockedJournal(names) } catch {
                // It was made a moment ago, beside the journal of one that has got its name: nobody would remove it.
                if try file.byteCount() == 0 { try? names.folder.removeFile(names.partialName) }
                throw error
            }
            let found = try read(journal)
            let contents = try whatIsRight(of: found, in: file)
            // What was torn off, and bytes that nothing is known of.
            try journal.truncate(to: found.modified == nil ? 0 : found.byteCount)
            try file.truncate(to: contents.byteCount)
            let zip = StudyZip(
                names, file: file, journal: JournalFile(journal, byteCount: found.modified == nil ? 0 : found.byteCount),
                modified: found.modified ?? modified, contents: contents, confirmations: found.confirmations)
            if found.modified == nil { try zip.note(ZipJournal.beginning(modified)) }
            try zip.note(ZipJournal.line(of: .current))
            try zip.remove(found.records.keys.filter { contents.places[$0] == nil })
            return zip
        } catch let errno as Errno {
            throw CodError.writingZip(names.partialPath, errno)
        }
    }

    /// What the journal of a zip in progress says that it holds, unchecked and whoever fills it; nothing where there is none.
    static func recorded(_ names: Names) throws(Errno) -> Holdings {
        guard let status = try names.folder.status(of: names.partialName), status.kind == .file,
            try names.folder.status(of: names.journalName)?.kind == .file
        else { return Holdings() }
        let journal = try read(names.folder.openReading(names.journalName))
        let records = journal.records.filter { $0.value.place.endOffset <= status.byteCount }
        return Holdings(places: records.mapValues(\.place), confirmations: journal.confirmations)
    }

    /// Whether there is one of a study.
    static func isThere(_ names: Names) throws(Errno) -> Bool { try names.folder.status(of: names.partialName) != nil }

    private static func locked(_ names: Names) throws -> OpenFile {
        try holding(names.partialName, of: names) { file in
            guard (try? file.lock(waiting: false)) ?? true else { throw held(names) }
        }
    }

    /// Who still has this lock alone has given the zip its name, and is about to remove the journal.
    private static func lockedJournal(_ names: Names) throws -> OpenFile {
        try holding(names.journalName, of: names) { file in
            guard (try? file.lock(waiting: false)) ?? true else { throw held(names) }
        }
    }

    /// Opens a file and locks it; a file system without locks is used without them.
    private static func holding(_ name: String, of names: Names, _ lock: (OpenFile) throws -> Void) throws -> OpenFile {
        do {
            return try holding(name, in: names.folder, lock)
        } catch let errno as Errno {
            throw CodError.writingZip("\(names.folderPath)/\(name)", errno)
        }
    }

    private static func holding(_ name: String, in folder: OpenFile, _ lock: (OpenFile) throws -> Void) throws -> OpenFile {
        var attemptCount = 0
        while true {
            attemptCount += 1
            let file = try folder.openWriting(name)
            let status = try file.status()
            guard status.kind == .file else { throw Errno.fileExists }
            try lock(file)
            // Whoever had the lock may have renamed or removed it in between. Not every file system tells files apart for good.
            if try folder.status(of: name)?.identity == status.identity || attemptCount == 100 { return file }
        }
    }

    private static func held(_ names: Names) -> CodError {
        let journal = try? read(names.folder.openReading(names.journalName))
        let holder = journal?.holder.map { "The \($0.title)" } ?? "Another process"
        return CodError(
            .writeFailed, "\(holder) is filling \(names.partialPath).",
            recovery: "Let it end, then run the same command again.", reach: .study)
    }

    private static func read(_ file: OpenFile) throws(Errno) -> ZipJournal {
        var journal = ZipJournal()
        var offset: Int64 = 0
        while true {
            let chunk = try file.readChunk(at: offset, byteCount: 1 << 16)
            if chunk.count == 0 { return journal }
            offset += Int64(chunk.count)
            journal.push(chunk)
        }
    }

    /// The entries of a journal that lie whole where it says.
    private static func whatIsRight(of journal: ZipJournal, in file: OpenFile) throws -> ZipContents {
        let byteCount = try file.byteCount()
        var contents = ZipContents()
        // In their order on the disk.
        for record in journal.records.values.sorted(by: { $0.place.offset < $1.place.offset }) {
            let place = record.place
            guard place.offset >= contents.byteCount, place.endOffset <= byteCount else { continue }
            if try checksum(of: file, place.offset..<place.endOffset) == record.checksum { contents.add(place) }
        }
        return contents
    }

    private static func checksum(of file: OpenFile, _ range: Range<Int64>) throws -> CRC32C {
        var checksum = RunningCRC32C()
        var offset = range.lowerBound
        while offset < range.upperBound {
            try BlockingCancellation.check()
            let chunk = try file.readChunk(at: offset, byteCount: Int(min(range.upperBound - offset, 1 << 20)))
            if chunk.count == 0 { break }
            offset += Int64(chunk.count)
            checksum.update(chunk)
        }
        return checksum.checksum
    }
}

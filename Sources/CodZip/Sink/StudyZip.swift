import CodCore
import SystemPackage

/// The zip of a study while it is filled: `.<study>.zip.partial`, which is locked, and `.<study>.zip.journal` beside it.
///
/// The journal tells of an entry when its bytes are written, so a process that is killed loses nothing but what it was writing.
/// Every call may block on the disk; any number of threads may add entries at the same time.
final class StudyZip: Sendable {
    /// Where it and what it is to become are.
    struct Names: Sendable {
        let folder: OpenFile
        /// What the user calls the folder.
        let folderPath: String
        let study: String

        var name: String { "\(study).zip" }
        var partialName: String { ".\(name).partial" }
        var journalName: String { ".\(name).journal" }
        var path: String { "\(folderPath)/\(name)" }
        var partialPath: String { "\(folderPath)/\(partialName)" }

        /// What stands there in place of the finished zip, on a disk that ignores case: another study's.
        func otherName() throws -> String? {
            // Without letters no other name can be in the way.
            guard study.utf8.contains(where: { UInt8(ascii: "A")...UInt8(ascii: "z") ~= $0 }),
                try folder.status(of: name) != nil
            else { return nil }
            var other: String?
            var isThere = false
            try folder.forEachName {
                if $0 == name { isThere = true } else if $0.lowercased() == name.lowercased() { other = $0 }
            }
            return isThere ? nil : other
        }
    }

    /// What is known to lie in one.
    struct Holdings: Sendable {
        var places: [String: ZipLayout.Place] = [:]
        /// Which of them came out of archives that were compared as a whole.
        var confirmations = Confirmations()

        /// The entries, which say what confirms them.
        var confirmedPlaces: [String: ZipLayout.Place] {
            if confirmations == Confirmations() { return places }
            return places.mapValues { place in
                var entry = place.entry
                entry.archiveChecksum = confirmations[entry.name]
                return ZipLayout.Place(entry: entry, offset: place.offset)
            }
        }
    }

    let names: Names
    /// The time that its entries have.
    let modified: ZipTime
    private let file: OpenFile
    private let journal: JournalFile
    private let contents: Guarded<ZipContents>
    private let confirmations: Guarded<Confirmations>
    private let limit = Guarded<CodError?>(nil)

    /// Takes over what ``open(_:modified:)`` has found.
    init(
        _ names: Names, file: OpenFile, journal: JournalFile, modified: ZipTime, contents: ZipContents,
        confirmations: Confirmations
    ) {
        self.names = names
        self.file = file
        self.journal = journal
        self.modified = modified
        self.contents = Guarded(contents)
        self.confirmations = Guarded(confirmations)
    }

    /// What lies in it.
    var holdings: Holdings { Holdings(places: places, confirmations: confirmations.withLock { $0 }) }

    /// The entries that lie in it.
    var places: [String: ZipLayout.Place] { contents.withLock { $0.places } }

    /// Why it cannot grow: the file system takes no larger file.
    var limitReached: CodError? { limit.withLock { $0 } }

    /// How many bytes it has, gaps included.
    var byteCount: Int64 { contents.withLock { $0.byteCount } }

    /// Adds an entry: gives it a place, lets `write` put its record and its bytes there, and notes it. `packed` is the crc32c of these
    /// bytes.
    func add(
        _ entry: ZipEntry, packed: CRC32C, write: (OpenFile, _ record: RawSpan, _ offset: Int64) throws(Errno) -> Void
    ) throws(CodError) {
        let place = reserve(entry)
        let record = ZipRecord.local(entry)
        try filling(place) { () throws(Errno) in try write(file, record.span.bytes, place.offset) }
        try add(place, record: record, packed: packed)
    }

    /// Gives an entry its place before all is known of it. ``add(_:at:packed:)`` or ``giveBack(_:)`` must follow.
    func reserve(_ entry: ZipEntry) -> ZipLayout.Place { contents.withLock { $0.reserve(entry) } }

    /// Gives back a place; where it is the last one, the file ends in front of it again.
    func giveBack(_ place: ZipLayout.Place) {
        contents.withLock { contents in
            contents.giveBack(place)
            // Nobody writes behind the last place, and nobody gets a new one meanwhile. What cannot be cut off is written over.
            if contents.byteCount == place.offset { try? file.truncate(to: place.offset) }
        }
    }

    /// Writes bytes of an entry that has its place already.
    func write(_ bytes: RawSpan, at offset: Int64) throws(CodError) {
        do { try file.writeAll(bytes, at: offset) } catch { throw failure(error) }
    }

    /// Adds an entry whose bytes lie in its place: writes its record, and notes it. Where that fails the place is given back.
    func add(_ entry: ZipEntry, at place: ZipLayout.Place, packed: CRC32C) throws(CodError) {
        let place = ZipLayout.Place(entry: entry, offset: place.offset)
        let record = ZipRecord.local(entry)
        try filling(place) { () throws(Errno) in try file.writeAll(record.span.bytes, at: place.offset) }
        try add(place, record: record, packed: packed)
    }

    /// Notes an entry of which all is written. A process that is killed at once may lose the note, and has it to fetch again.
    private func add(_ place: ZipLayout.Place, record: [UInt8], packed: CRC32C) throws(CodError) {
        var checksum = RunningCRC32C()
        checksum.update(record.span.bytes)
        checksum.append(packed, byteCount: place.entry.packedByteCount)
        let line = ZipJournal.line(of: ZipJournal.Record(place: place, checksum: checksum.checksum))
        try filling(place) { () throws(Errno) in try journal.append(line, isAwaited: false) }
        confirmations.withLock { $0.forget(place.entry.name) }
        contents.withLock { $0.add(place) }
    }

    /// Does a part of filling a place; where that fails the place is given back.
    private func filling(_ place: ZipLayout.Place, _ body: () throws(Errno) -> Void) throws(CodError) {
        do { try body() } catch {
            giveBack(place)
            throw failure(error)
        }
    }

    private func failure(_ errno: Errno) -> CodError {
        if errno == .canceled { return CodError(.cancelled, "The job was cancelled.", reach: .job) }
        if errno == .fileTooLarge { limit.withLock { $0 = .writingZip(names.partialPath, errno) } }
        return .file("write", names.partialPath, errno)
    }

    /// Notes of entries that the archive they came out of was compared as a whole, by its crc32c.
    func confirm(_ entries: [(name: String, archive: CRC32C)]) throws(Errno) {
        for (name, archive) in entries { try note(ZipJournal.line(confirming: name, of: archive)) }
        confirmations.withLock { confirmations in
            for (name, archive) in entries { confirmations.add(name, of: archive) }
        }
    }

    /// Throws an error that reaches the job when the file is no longer there by its name: what is written to it is lost.
    func requireThere() throws(CodError) {
        do {
            if try names.folder.status(of: names.partialName) != nil { return }
        } catch {
            throw failure(error)
        }
        throw CodError(
            .writeFailed, "\(names.partialPath) is gone: it, or its folder, was removed or renamed while it was filled.",
            recovery: "Run the same command again.", reach: .job)
    }

    /// Removes entries.
    func remove(_ entryNames: [String]) throws(CodError) {
        do {
            for name in entryNames { try note(ZipJournal.line(dropping: name)) }
        } catch {
            throw CodError.file("write", names.partialPath, error)
        }
        contents.withLock { contents in
            for name in entryNames { contents.remove(name) }
        }
        confirmations.withLock { confirmations in
            for name in entryNames { confirmations.drop(name) }
        }
    }

    /// The file, to be ended as a zip that is to be called as the study is.
    func ending() -> ZipFile {
        ZipFile(file, temporaryName: names.partialName, named: names.name, in: names.folder, at: names.path)
    }

    /// Copies bytes of it into another zip.
    func copy(_ byteCount: Int64, at offset: Int64, to zip: ZipFile, at newOffset: Int64) throws(Errno) {
        try zip.copy(byteCount, from: file, at: offset, to: newOffset)
    }

    /// Whether nothing is lost without it: it is empty, or another process has meanwhile finished a zip that holds all of it.
    var isOfNoUse: Bool {
        let places = places
        if places.isEmpty { return true }
        guard let finished = (try? FinishedZip(names))?.places else { return false }
        return places.allSatisfy { name, place in finished[name]?.entry.holdsTheSame(as: place.entry) == true }
    }

    /// Removes what there is of it on the disk: it has become a zip, or is of no use.
    func discard() {
        // The journal last: without its zip it says nothing that counts, and is removed the next time.
        try? names.folder.removeFile(names.partialName)
        discardJournal()
    }

    /// Removes its journal alone: the rest has another name now.
    func discardJournal() { try? names.folder.removeFile(names.journalName) }

    /// Adds a line to the journal; it is written when the call returns.
    func note(_ line: [UInt8]) throws(Errno) { try journal.append(line, isAwaited: true) }
}

import CodCore
import SystemPackage

/// A zip of a study that an earlier run has finished.
final class FinishedZip: Sendable {
    let path: String
    /// Its entries, but for those that are ``damaged``.
    let places: [String: ZipLayout.Place]
    /// The names of the entries that a verification found to be damaged.
    let damaged: Set<String>
    /// What these are called where they lie, if otherwise.
    let localNames: [String: String]
    /// How many entries it has, whatever they are.
    let entryCount: Int
    let status: FileStatus
    private let file: OpenFile
    private let folder: OpenFile
    private let name: String
    /// Where its directory begins.
    private let limit: Int64

    /// The finished zip of a study.
    convenience init?(_ names: StudyZip.Names) throws { try self.init(named: names.name, in: names.folder, at: names.path) }

    /// Opens a zip and reads its directory, and the mark that says what of it is damaged; `nil` where there is none. `path` is what the
    /// user calls it. Throws an `Errno`, or a ``CodError`` where it is no zip.
    init?(named name: String, in folder: OpenFile, at path: String) throws {
        guard let there = try folder.status(of: name), there.kind == .file else { return nil }
        let file = try folder.openReading(name)
        let status = try file.status()
        let directory = try ZipDirectory(of: file, with: status)
        try directory.requireNoStrays()
        // Its entries are copied when more is wanted: they must not be more than there is.
        var rest = status.byteCount
        for place in directory.places {
            guard place.entry.packedByteCount <= rest else { throw ZipDirectory.damaged("its entries lie in each other") }
            rest -= place.entry.packedByteCount
        }
        let all = Dictionary(directory.places.lazy.map { ($0.entry.name, $0) }) { first, _ in first }
        let damaged = try DamageMark.names(in: name, with: status, in: folder) { all[$0] != nil }
        places = damaged.isEmpty ? all : all.filter { !damaged.contains($0.key) }
        entryCount = directory.places.count
        var localNames: [String: String] = [:]
        for name in damaged {
            guard let place = all[name],
                let record = LocalRecord(
                    startOf: try file.readChunk(at: place.offset, byteCount: LocalRecord.greatestByteCount)),
                record.name != name
            else { continue }
            localNames[name] = record.name
        }
        self.localNames = localNames
        (self.damaged, self.path, self.file, self.status) = (damaged, path, file, status)
        (self.folder, self.name, limit) = (folder, name, directory.offset)
    }

    /// Reads an entry, and throws when it is not what the zip says of it: that is noted beside the zip, so that the next run does without it.
    func check(_ place: ZipLayout.Place) throws {
        let check = EntryCheck(place: place, limit: limit, problem: nil)
        let problem: String
        switch try check.run(in: file, by: EntryInflater(), didUnpack: { _ in }) {
        case .whole: return
        case .unreadable(let errno): problem = "It cannot be read: \(errno)."
        case .damaged(let what, _): problem = what
        }
        let names = Set(places.keys).union(damaged)
        let notes = DamageNotes(beside: DamageNotes.Zip(folder: folder, name: name, status: status)) { names }
        let failure = notes.note([place.entry.name])
        notes.end(isComplete: false)
        throw CodError(
            .damagedArchive, "The entry \(ZipDirectory.quotedName(place.entry.name)) of \(path) is damaged. \(problem)",
            recovery: failure.map { "That could not be noted (\($0)): delete the zip, then run the same command again." }
                ?? "Run the same command again: it is made anew without it, and what is missing is fetched.",
            reach: .study)
    }

    /// Whether it has all that was saved of a series beside some entries, as far as it tells.
    func isWhole(_ series: String, besides listed: Set<String> = []) -> Bool {
        places[IncompleteEntry.name] == nil && !damaged.contains(IncompleteEntry.name) && !isDamaged(series, besides: listed)
    }

    /// Whether an instance of a series is damaged, beside some entries.
    func isDamaged(_ series: String, besides listed: Set<String>) -> Bool {
        damaged.contains { $0.hasPrefix("\(series)/") && ZipEntryName.isOfInstance($0) && !listed.contains($0) }
    }

    /// Whether it has all that the archive of a series with this crc32c holds.
    func confirms(_ archive: CRC32C, of series: String, besides listed: Set<String> = []) -> Bool {
        isWhole(series, besides: listed)
            && places.contains { $0.key.hasPrefix("\(series)/") && $0.value.entry.archiveChecksum == archive }
    }

    /// Copies bytes of it into another zip.
    func copy(_ byteCount: Int64, at offset: Int64, to zip: ZipFile, at newOffset: Int64) throws(Errno) {
        try zip.copy(byteCount, from: file, at: offset, to: newOffset)
    }

    /// Where an entry's bytes begin: its local record may have other fields than the directory's.
    func dataOffset(of place: ZipLayout.Place) throws -> Int64 {
        let byteCount = 30
        let record = try file.readChunk(at: place.offset, byteCount: byteCount).withBytes { bytes in
            bytes.withUnsafeBytes { Array($0) }
        }
        var head = record[...]
        guard record.count == byteCount, head.takeNumber(4) == UInt64(ZipRecord.localSignature) else {
            throw lost(place.entry, "is not where it should be")
        }
        head = head.dropFirst(22)
        let offset = place.offset + Int64(byteCount) + Int64(head.takeNumber(2) ?? 0) + Int64(head.takeNumber(2) ?? 0)
        guard place.entry.packedByteCount <= status.byteCount - offset else {
            throw lost(place.entry, "lies outside of it")
        }
        return offset
    }

    private func lost(_ entry: ZipEntry, _ how: String) -> CodError {
        var error = ZipDirectory.damaged("its entry \(ZipDirectory.quotedName(entry.name)) \(how)")
        error.recovery = "Run \"cod verify\" for \(path), which finds what is damaged, then the same command again."
        return error
    }
}

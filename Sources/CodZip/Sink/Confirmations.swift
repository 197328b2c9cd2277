import CodCore

/// Which entries of a study's zip came out of archives that were compared as a whole with the checksum that the store lists, and which
/// archives these were. Pure.
///
/// One such entry says that all that its archive holds beside the listed instances is in the zip, until anything of its series is
/// dropped.
struct Confirmations: Hashable, Sendable {
    private var archives: [Substring: [String: CRC32C]] = [:]

    /// The archive that an entry came out of.
    subscript(name: String) -> CRC32C? { archives[ZipEntryName.series(of: name)]?[name] }

    /// Whether anything of a series came out of the archive.
    func has(_ archive: CRC32C, of series: String) -> Bool {
        archives[series[...]]?.values.contains(archive) == true
    }

    mutating func add(_ name: String, of archive: CRC32C) {
        archives[ZipEntryName.series(of: name), default: [:]][name] = archive
    }

    /// An entry has other bytes now.
    mutating func forget(_ name: String) {
        if !archives.isEmpty { archives[ZipEntryName.series(of: name)]?[name] = nil }
    }

    /// An entry is no longer there: nothing says any more that its series has all of its archive.
    mutating func drop(_ name: String) { archives[ZipEntryName.series(of: name)] = nil }
}

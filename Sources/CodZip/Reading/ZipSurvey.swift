import CodCore

/// What there is to verify in a zip: its entries in the order in which they lie. Pure. It holds a record an entry.
struct ZipSurvey: Sendable {
    let checks: [EntryCheck]
    let contents: ZipVerification.Contents

    /// Throws a ``CodError`` where there is more than a directory.
    init(_ directory: ZipDirectory) throws(CodError) {
        try directory.requireNoStrays()
        let places = directory.places.sorted { $0.offset < $1.offset }
        var names = Set<String>(minimumCapacity: places.count)
        var contents = ZipVerification.Contents()
        var series = Set<Substring>()
        var checks: [EntryCheck] = []
        checks.reserveCapacity(places.count)
        for (index, place) in places.enumerated() {
            let name = place.entry.name
            let problem: EntryCheck.Problem? =
                Self.leadsOut(name) ? .leadsOut : names.insert(name).inserted ? nil : .isDuplicate
            let limit = index + 1 < places.count ? min(places[index + 1].offset, directory.offset) : directory.offset
            checks.append(EntryCheck(place: place, limit: limit, problem: problem))
            if name == IncompleteEntry.name { contents.isIncomplete = true }
            guard ZipEntryName.mayBeOfInstance(name) else { continue }
            contents.instanceCount += 1
            series.insert(ZipEntryName.isOfInstance(name) ? ZipEntryName.series(of: name) : ZipEntryName.folder(of: name))
            contents.byteCount = contents.byteCount.addingSaturated(place.entry.byteCount)
        }
        contents.seriesCount = series.count
        self.checks = checks
        self.contents = contents
    }

    /// Whether a name is no path below the folder that a zip is unpacked to, on whatever system.
    static func leadsOut(_ name: String) -> Bool {
        if name.isEmpty || name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: ":") }) {
            return true
        }
        // A folder's name ends with a slash.
        let path = name.hasSuffix("/") ? name.dropLast() : name[...]
        return path.split(separator: "/", omittingEmptySubsequences: false).contains { ["", ".", ".."].contains($0) }
    }
}

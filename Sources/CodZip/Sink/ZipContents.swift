import CodCore

/// What lies where in a zip that is being filled: by many at a time, and over several runs. Pure.
///
/// Places are handed out one behind the other. A place that was given back, or whose entry was replaced or removed, leaves a gap.
struct ZipContents: Sendable {
    /// The entries whose bytes are written, by their names.
    private(set) var places: [String: ZipLayout.Place] = [:]
    /// Where the next place begins.
    private(set) var byteCount: Int64 = 0

    /// Gives an entry that is to be written its place.
    mutating func reserve(_ entry: ZipEntry) -> ZipLayout.Place {
        let place = ZipLayout.Place(entry: entry, offset: byteCount)
        byteCount = place.endOffset
        return place
    }

    /// Takes an entry whose bytes are written, in the place of an older one of its name.
    mutating func add(_ place: ZipLayout.Place) {
        places[place.entry.name] = place
        byteCount = max(byteCount, place.endOffset)
    }

    /// Gives back a place that could not be written.
    mutating func giveBack(_ place: ZipLayout.Place) {
        if place.endOffset == byteCount { byteCount = place.offset }
    }

    mutating func remove(_ name: String) {
        places[name] = nil
    }
}

extension ZipLayout.Place {
    /// Where the entry's bytes end.
    var endOffset: Int64 { dataOffset + entry.packedByteCount }
}

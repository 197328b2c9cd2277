/// Where everything lies in a zip that grows: gives each entry its place, and writes the directory. Pure; every fact about an entry is
/// known when it is added, so headers are final and zip64 is there only where it is needed.
struct ZipLayout: Sendable {
    /// An entry's place: its record begins at `offset`, its bytes follow the record.
    struct Place: Hashable, Sendable {
        let entry: ZipEntry
        let offset: Int64
        /// Whether its record in the directory, where that was read, says that the name is UTF-8; `nil` where it was not.
        var saysUTF8: Bool?

        /// Where the entry's bytes begin.
        var dataOffset: Int64 { offset + Int64(ZipRecord.local(entry).count) }

        static func == (one: Place, other: Place) -> Bool { one.entry == other.entry && one.offset == other.offset }

        func hash(into hasher: inout Hasher) { hasher.combine(offset) }
    }

    private(set) var places: [Place] = []
    /// How many bytes the zip has so far.
    private(set) var byteCount: Int64 = 0

    init() {}

    /// A zip whose first bytes hold these entries and nothing else that counts.
    init(_ places: [Place], byteCount: Int64) {
        (self.places, self.byteCount) = (places, byteCount)
    }

    /// Gives an entry its place, behind all others.
    mutating func add(_ entry: ZipEntry) -> Place {
        let place = Place(entry: entry, offset: byteCount)
        places.append(place)
        byteCount = place.dataOffset + entry.packedByteCount
        return place
    }

    /// Hands out the directory and the end of the zip, which follow the last entry, in pieces of about 64 KiB.
    func forEachDirectoryPiece<Failure: Error>(_ body: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
        var piece: [UInt8] = []
        var directoryByteCount: Int64 = 0
        for place in places {
            let record = ZipRecord.directory(place.entry, at: place.offset)
            directoryByteCount += Int64(record.count)
            piece += record
            if piece.count >= 64 << 10 {
                try body(piece)
                piece.removeAll(keepingCapacity: true)
            }
        }
        piece += ZipRecord.end(
            entryCount: places.count, directoryByteCount: directoryByteCount, directoryOffset: byteCount)
        try body(piece)
    }
}

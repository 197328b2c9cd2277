import CodCore
import SystemPackage

/// Packs files side by side and writes them into a zip one after the other, in the order in which they are given.
///
/// What it holds at a time: for each of `options.concurrency + 1` blocks of work at most 2 MiB, and the records of the entries.
struct ZipPress: Sendable {
    /// Files up to this size are read as a whole, as many together as make up so many bytes.
    static var batchByteCount: Int { 1 << 20 }

    let options: ZipOptions
    let modified: ZipTime

    /// Packs and writes all sources. Throws when a file is not what was saved.
    func run(_ sources: [EntrySource], into zip: ZipFile) async throws -> ZipLayout {
        var layout = ZipLayout()
        var rest = sources[...]
        while let first = rest.first {
            if first.byteCount > Self.batchByteCount {
                try await addLarge(first, to: &layout, of: zip)
                rest.removeFirst()
            } else {
                let end = rest.firstIndex { $0.byteCount > Self.batchByteCount } ?? rest.endIndex
                try await addSmall(rest[..<end], to: &layout, of: zip)
                rest = rest[end...]
            }
        }
        return layout
    }

    var width: Int { options.concurrency + 1 }

    // Small: read and packed as a whole, several at a time.

    private func addSmall(_ sources: ArraySlice<EntrySource>, to layout: inout ZipLayout, of zip: ZipFile) async throws {
        let (options, modified) = (options, modified)
        try await inOrder(Batches(sources), width: width) { batch in
            try await offTaskThreads {
                var packer = EntryPacker(options)
                return try batch.map { try Self.pack($0, with: &packer, modified: modified) }
            }
        } take: { packed in
            let placed = packed.map { (layout.add($0.entry), $0.pieces) }
            try await Self.write(placed, into: zip)
        }
    }

    private static func pack(
        _ source: EntrySource, with packer: inout EntryPacker, modified: ZipTime
    ) throws -> EntryPacker.Packed {
        let file = try source.open()
        let bytes = try source.read(file, at: 0, byteCount: Int(source.byteCount))
        try source.checkEnd(of: file)
        var checksum = RunningCRC32C()
        checksum.update(bytes)
        try source.check(checksum.checksum)
        var packed = try packer.pack(bytes, named: source.name, modified: modified)
        packed.entry.checksum = checksum.checksum
        return packed
    }

    private static func write(_ placed: [(ZipLayout.Place, [EntryPacker.Piece])], into zip: ZipFile) async throws {
        try await offTaskThreads {
            for (place, pieces) in placed {
                try zip.writing { () throws(Errno) in try zip.write(ZipRecord.local(place.entry), at: place.offset) }
                var offset = place.dataOffset
                for piece in pieces {
                    try piece.withBytes { bytes throws in
                        try zip.writing { () throws(Errno) in try zip.write(bytes, at: offset) }
                    }
                    offset += Int64(piece.count)
                }
            }
        }
    }

    /// Neighbours that make up about a batch's bytes together.
    private struct Batches: Sequence, IteratorProtocol {
        private var rest: ArraySlice<EntrySource>

        init(_ sources: ArraySlice<EntrySource>) {
            rest = sources
        }

        mutating func next() -> ArraySlice<EntrySource>? {
            if rest.isEmpty { return nil }
            var byteCount: Int64 = 0
            let end = rest.firstIndex {
                // A file costs something however small it is.
                byteCount += $0.byteCount + 4096
                return byteCount > batchByteCount && $0.saved != rest.first?.saved
            }
            defer { rest = rest[(end ?? rest.endIndex)...] }
            return rest[..<(end ?? rest.endIndex)]
        }
    }
}

import CodCore
import SystemPackage

/// Packs files side by side and writes them into a zip one behind the other, in the order in which they are given.
///
/// What it holds at a time: for each of `options.concurrency + 1` pieces of work 3 MiB at most (what is packed, what it is packed to, and
/// the compressor), 2 MiB that wait for their turn, and the records of the entries.
struct ZipPress: Sendable {
    /// Files up to this size are read as a whole, as many together as make up so many bytes.
    static var batchByteCount: Int { 1 << 20 }

    let modified: ZipTime
    let room: PackingRoom
    let width: Int

    init(options: ZipOptions, modified: ZipTime) {
        self.modified = modified
        room = PackingRoom(options)
        width = max(options.concurrency, 1) + 1
    }

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

    // Small: read and packed as a whole, several at a time.

    private struct Progress: Sendable {
        var offset: Int64
        var entries: [ZipEntry] = []
    }

    private func addSmall(_ sources: ArraySlice<EntrySource>, to layout: inout ZipLayout, of zip: ZipFile) async throws {
        let (room, modified) = (room, modified)
        let added = try await inOrder(Batches(sources), width: width, from: Progress(offset: layout.byteCount)) { sources in
            try room.packing { packer in
                var batch = PackedBatch(in: room.takeBuffer())
                for source in sources {
                    try batch.add(source, by: &packer, modified: modified)
                }
                return batch
            }
        } place: { progress, batch in
            defer { progress.offset += Int64(batch.byteCount) }
            progress.entries += batch.entries
            return (batch, offset: progress.offset)
        } write: { batch, offset in
            try batch.write(to: zip, at: offset, room: room)
        }
        for entry in added.entries { _ = layout.add(entry) }
    }

    /// Neighbours that make up about a batch's bytes together.
    private struct Batches: Sequence, IteratorProtocol, Sendable {
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

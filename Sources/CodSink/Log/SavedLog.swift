internal import CodCore
internal import SystemPackage

/// What a `log.json` says is saved. It is a hint: only the files count.
struct SavedLog: Sendable {
    /// The instances of each series.
    var instances: [SeriesID: Set<String>] = [:]
    /// Series that a later cod-retrieve saved as archives. That cannot be checked here, and nothing here goes by it: these entries
    /// are kept as they are.
    var archives: Set<SeriesID> = []

    mutating func insert(_ entry: LogEntry) {
        switch entry {
        case .instance(let uid, let series): instances[series, default: []].insert(uid)
        case .archive(let series): archives.insert(series)
        }
    }

    /// Hands out the log as text, piece by piece: each entry once, on a line of its own, in the order of their texts.
    func forEachPiece(_ body: (ByteChunk) throws(Errno) -> Void) throws(Errno) {
        // A series' entries all begin with its name and a slash, and no such beginning is part of another: sorting these first sorts
        // all entries.
        var blocks = instances.keys.map { (start: "\($0)/", series: Optional($0)) }
        blocks += archives.map { ("\($0)", nil) }
        blocks.sort { $0.start < $1.start }
        var text = "{\"logs\": ["
        var isFirst = true
        for block in blocks {
            let uids = block.series.flatMap { instances[$0]?.sorted() } ?? [""]
            for uid in uids {
                text += "\(isFirst ? "" : ",")\n\"\(block.start)\(uid)\""
                isFirst = false
                guard text.utf8.count >= 1 << 16 else { continue }
                try body(ByteChunk(text.utf8))
                text = ""
            }
        }
        try body(ByteChunk("\(text)\(isFirst ? "" : "\n")]}\n".utf8))
    }
}

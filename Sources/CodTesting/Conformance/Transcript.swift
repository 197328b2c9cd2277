internal import CodCore

/// What a decoder answered, with consecutive bytes put together.
struct Transcript {
    private enum Line: Equatable, CustomStringConvertible {
        case begin(ArchiveEntry)
        case body(byteCount: Int64, checksum: CRC32C)
        case end
        case failed(String)
        case finished

        var description: String {
            switch self {
            case .begin(let entry):
                "begins \"\(entry.name)\" (\(entry.kind), \(entry.byteCount) bytes, at \(entry.offset))"
            case .body(let byteCount, let checksum): "a body of \(byteCount) bytes with crc32c \(checksum)"
            case .end: "the end of an entry"
            case .failed(let error): "the error \(error)"
            case .finished: "the end of the archive"
            }
        }
    }

    private var lines: [Line] = []
    private var openEntry: ArchiveEntry?
    private var byteCount: Int64 = 0
    private var checksum = RunningCRC32C()
    /// How the decoder broke its order, as the end of a sentence; `nil` when it did not.
    private(set) var problem: String?

    mutating func add(_ event: EntryEvent) {
        switch event {
        case .begin(let entry):
            if let openEntry { note("began \"\(entry.name)\" inside \"\(openEntry.name)\".") }
            openEntry = entry
            lines.append(.begin(entry))
        case .bytes(let chunk):
            if openEntry == nil { note("answered bytes outside an entry.") }
            if chunk.count == 0 { note("answered empty bytes.") }
            byteCount += Int64(chunk.count)
            checksum.update(chunk)
        case .end:
            guard let entry = openEntry else { return note("ended an entry that was not begun.") }
            if entry.byteCount != byteCount {
                note("announced \(entry.byteCount) bytes of \"\(entry.name)\" and answered \(byteCount).")
            }
            closeBody()
            lines.append(.end)
            openEntry = nil
        }
    }

    /// The archive is over.
    mutating func end() {
        if let openEntry { note("finished inside \"\(openEntry.name)\".") }
        lines.append(.finished)
    }

    /// The decoder threw.
    mutating func end(with error: any Error) {
        closeBody()
        let offset = (error as? CodError)?.byteOffset.map { " at byte \($0)" } ?? ""
        lines.append(.failed("\(error)\(offset)"))
    }

    /// The first line that differs, as a sentence; `nil` when none does.
    func firstDifference(from other: Transcript) -> String? {
        for position in 0..<max(lines.count, other.lines.count) {
            let mine = position < lines.count ? lines[position] : nil
            let others = position < other.lines.count ? other.lines[position] : nil
            if mine != others {
                return "\(others.map(String.init) ?? "nothing"), instead of \(mine.map(String.init) ?? "nothing")."
            }
        }
        return nil
    }

    private mutating func closeBody() {
        if byteCount > 0 { lines.append(.body(byteCount: byteCount, checksum: checksum.checksum)) }
        byteCount = 0
        checksum = RunningCRC32C()
    }

    private mutating func note(_ problem: String) {
        self.problem = self.problem ?? problem
    }
}

import CodCore

// begin
/// Reads an archive of entries that begin with a line, `NAME SIZE`, and go on with so many bytes.
struct LinesExtractor: Extractor {
    func makeDecoder() -> LinesDecoder { LinesDecoder() }
}

struct LinesDecoder: ArchiveDecoder {
    private var waiting: [UInt8] = []  // at most a chunk and a line
    private var offset: Int64 = 0  // where the first of them lies in the archive
    private var bodyRest: Int64?  // what is to come of an entry's bytes; nil between entries

    mutating func push(_ chunk: ByteChunk) {
        chunk.withBytes { $0.withUnsafeBytes { waiting += $0 } }
    }

    mutating func next() throws(CodError) -> EntryEvent? {
        guard let rest = bodyRest else { return try nextHeader() }
        if rest == 0 {
            bodyRest = nil
            return .end
        }
        if waiting.isEmpty { return nil }
        let bytes = take(Int(min(rest, Int64(waiting.count))))
        bodyRest = rest - Int64(bytes.count)
        return .bytes(ByteChunk(bytes))
    }

    mutating func finish() throws(CodError) {
        if bodyRest != nil || !waiting.isEmpty { throw damage("The archive ends inside an entry.") }
    }

    private mutating func nextHeader() throws(CodError) -> EntryEvent? {
        guard let end = waiting.prefix(1000).firstIndex(of: UInt8(ascii: "\n")) else {
            if waiting.count >= 1000 { throw damage("There is no line end in 1000 bytes.") }
            return nil
        }
        let words = String(decoding: waiting[..<end], as: UTF8.self).split(separator: " ")
        guard words.count == 2, let size = Int64(words[1]), size >= 0 else { throw damage("A line is not NAME SIZE.") }
        let start = offset
        _ = take(end + 1)
        bodyRest = size
        return .begin(ArchiveEntry(name: String(words[0]), kind: .file, byteCount: size, offset: start, dataOffset: offset))
    }

    private mutating func take(_ count: Int) -> [UInt8] {
        defer {
            waiting.removeFirst(count)
            offset += Int64(count)
        }
        return Array(waiting.prefix(count))
    }

    private func damage(_ message: String) -> CodError { CodError(.damagedArchive, message, byteOffset: offset) }
}
// end

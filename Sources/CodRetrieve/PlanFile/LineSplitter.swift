internal import CodCore

/// Cuts bytes that come in pieces into lines. It holds one line, up to a limit, and the piece that came last.
struct LineSplitter {
    /// A line has more bytes than the limit.
    struct TooLong: Error {}

    private var line: [UInt8] = []
    private var rest: ArraySlice<UInt8> = []
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes the next bytes; those before must have been taken out with ``next()``.
    mutating func push(_ chunk: ByteChunk) {
        rest += chunk.withBytes { span in span.withUnsafeBytes { Array($0) } }
    }

    /// The next whole line, without its end; `nil` when more bytes are needed.
    mutating func next() throws(TooLong) -> [UInt8]? {
        let end = rest.firstIndex(of: UInt8(ascii: "\n"))
        let bytes = rest[..<(end ?? rest.endIndex)]
        guard bytes.count <= limit - line.count else { throw TooLong() }
        line += bytes
        guard let end else {
            rest = []
            return nil
        }
        rest = rest[(end + 1)...]
        defer { line.removeAll(keepingCapacity: true) }
        return line
    }

    /// What came behind the last line's end.
    mutating func finish() -> [UInt8] {
        defer { line = [] }
        return line
    }
}

import CodCore

/// Writes a tar, entry by entry, in the PAX format with a pax header for every entry, as the reference writer's tars have.
///
/// So the data of the first entry begin at byte 1536, and every entry's end is followed by zeros up to a multiple of 512.
package struct TarWriter<Output: ByteOutput> {
    package private(set) var output: Output
    /// How many bytes of the tar are written, those before an append among them.
    package private(set) var byteCount: Int64
    private var entryCount: Int

    /// Writes a new tar; or, with the end of an older one's last entry and its number of entries, more of that one.
    package init(into output: Output, from byteCount: Int64 = 0, entryCount: Int = 0) {
        self.output = output
        self.byteCount = byteCount
        self.entryCount = entryCount
    }

    /// Adds an entry and answers where its data begin. `body` must write exactly `byteCount` bytes.
    @discardableResult
    package mutating func add(
        _ name: String, byteCount: Int64, body: (_ write: (RawSpan) throws -> Void) throws -> Void
    ) throws -> Int64 {
        let header = TarHeader.blocks(name: name, byteCount: byteCount, modified: TarTime(ofEntry: entryCount))
        try output.write(header)
        let start = self.byteCount + Int64(header.count)
        var written: Int64 = 0
        try body { chunk in
            try output.write(chunk)
            written += Int64(chunk.byteCount)
        }
        guard written == byteCount else {
            throw CodError(.sizeMismatch, "The entry \(name) was to hold \(byteCount) bytes and was given \(written).")
        }
        let padding = TarHeader.padding(after: byteCount)
        try output.write(padding)
        self.byteCount = start + byteCount + Int64(padding.count)
        entryCount += 1
        return start
    }

    /// Adds an entry and answers where its data begin.
    @discardableResult
    package mutating func add(_ name: String, _ bytes: [UInt8]) throws -> Int64 {
        try add(name, byteCount: Int64(bytes.count)) { write in try write(bytes.span.bytes) }
    }

    /// Writes the end of the archive: two blocks of zeros, and more up to a multiple of 10,240 bytes.
    package mutating func finish() throws {
        let record = Int64(TarHeader.recordByteCount)
        let end = (byteCount + Int64(2 * TarHeader.blockByteCount) + record - 1) / record * record
        try output.write([UInt8](repeating: 0, count: Int(end - byteCount)))
        byteCount = end
    }
}

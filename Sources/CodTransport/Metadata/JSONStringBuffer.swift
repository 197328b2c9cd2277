/// Collects the first bytes of a key, a string or a number, and undoes escapes.
struct JSONStringBuffer {
    private var bytes: [UInt8] = []
    private var limit = 0
    private var byteCount: Int64 = 0
    private var highSurrogate: UInt32?

    /// Forgets what was collected; of the next text at most `limit` bytes are kept.
    mutating func begin(limit: Int) {
        if !bytes.isEmpty { bytes.removeAll(keepingCapacity: bytes.capacity <= 4096) }
        self.limit = limit
        byteCount = 0
        highSurrogate = nil
    }

    mutating func append(_ run: RawSpan) {
        endSurrogate()
        let taken = min(run.byteCount, limit - bytes.count)
        if taken > 0 { run.extracting(first: taken).withUnsafeBytes { bytes.append(contentsOf: $0) } }
        byteCount += Int64(run.byteCount)
    }

    mutating func append(_ byte: UInt8) {
        endSurrogate()
        appendRaw(byte)
    }

    /// Adds a `\uXXXX`. Two that make up a character are put together; half of such a pair stands as U+FFFD.
    mutating func append(escaped unit: UInt32) {
        if let high = highSurrogate, (0xDC00...0xDFFF).contains(unit) {
            highSurrogate = nil
            return append(scalar: 0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00))
        }
        endSurrogate()
        if (0xD800...0xDBFF).contains(unit) { highSurrogate = unit } else { append(scalar: unit) }
    }

    /// What was collected since `begin`.
    mutating func end() -> JSONText {
        endSurrogate()
        // Most of a metadata.json is wanted by nobody.
        if bytes.isEmpty { return JSONText(text: "", isWhole: byteCount == 0) }
        return JSONText(text: String(decoding: bytes, as: UTF8.self), isWhole: byteCount == bytes.count)
    }

    private mutating func endSurrogate() {
        guard highSurrogate != nil else { return }
        highSurrogate = nil
        append(scalar: 0xFFFD)
    }

    private mutating func append(scalar value: UInt32) {
        for byte in Character(Unicode.Scalar(value) ?? "\u{FFFD}").utf8 { appendRaw(byte) }
    }

    private mutating func appendRaw(_ byte: UInt8) {
        if bytes.count < limit { bytes.append(byte) }
        byteCount += 1
    }
}

extension RawSpan {
    /// Where, from `start` on, the first byte stands that is no plain part of a JSON string: a quotation mark, a backslash or a control
    /// character; the end where there is none.
    func endOfPlainText(from start: Int) -> Int {
        var end = start
        // Eight at a time: most of a metadata.json is strings that nobody wants.
        while end <= byteCount - 8 {
            // A whole number has no invalid bits, and the span checks that all eight bytes are its own.
            let word = UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: end, as: UInt64.self))
            let special =
                Self.zeroBytes(in: word ^ Self.quotationMarks) | Self.zeroBytes(in: word ^ Self.backslashes)
                | Self.controlBytes(in: word)
            // What is flagged wrongly stands behind a byte that is flagged rightly.
            if special != 0 { return end + special.trailingZeroBitCount / 8 }
            end += 8
        }
        while end < byteCount {
            let byte = unsafeLoad(fromByteOffset: end, as: UInt8.self)
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return end }
            end += 1
        }
        return end
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080
    private static let quotationMarks = ones * UInt64(UInt8(ascii: "\""))
    private static let backslashes = ones * UInt64(UInt8(ascii: "\\"))

    /// The high bit of the first byte that is 0, and maybe of others behind it.
    private static func zeroBytes(in word: UInt64) -> UInt64 { (word &- ones) & ~word & highBits }

    /// The high bit of the first byte below 0x20, and maybe of others behind it.
    private static func controlBytes(in word: UInt64) -> UInt64 { (word &- ones * 0x20) & ~word & highBits }
}

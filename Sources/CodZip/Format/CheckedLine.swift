import CodCore

/// Lines of words, each with the crc32c of what stands in front of it: one that was torn off anywhere, or changed, is known.
enum CheckedLine {
    /// A line, its end included. `text` is printable ASCII.
    static func bytes(_ text: String) -> [UInt8] { Array("\(text) \(check(of: text.utf8))\n".utf8) }

    /// The words of a line, which comes without its end; `nil` where it is not what was written.
    static func words(of line: [UInt8]) -> [Substring]? {
        // A space, and eight digits.
        guard line.count > 9, line.allSatisfy({ 0x20..<0x7F ~= $0 }) else { return nil }
        let text = String(decoding: line.dropLast(9), as: UTF8.self)
        guard String(decoding: line.suffix(9), as: UTF8.self) == " \(check(of: text.utf8))" else { return nil }
        return text.split(separator: " ", omittingEmptySubsequences: false)
    }

    private static func check(of bytes: some Sequence<UInt8>) -> CRC32C {
        var checksum = RunningCRC32C()
        checksum.update(ByteChunk(bytes))
        return checksum.checksum
    }
}

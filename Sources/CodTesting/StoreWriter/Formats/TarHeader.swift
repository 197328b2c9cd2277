/// The blocks in front of an entry in a tar of the PAX format, as Python's `tarfile` writes them (POSIX.1-2001, pax).
enum TarHeader {
    static let blockByteCount = 512
    /// The end of a tar is filled up to a multiple of this.
    static let recordByteCount = 10240

    /// A pax header with the time in full and whatever else does not fit, then the entry's own header.
    static func blocks(name: String, byteCount: Int64, modified: TarTime) -> [UInt8] {
        var records: [(String, String)] = []
        let nameBytes = Array(name.utf8)
        if nameBytes.count > 100 || nameBytes.contains(where: { $0 >= 0x80 }) { records.append(("path", name)) }
        let fitsSize = byteCount < 1 << 33
        if !fitsSize { records.append(("size", "\(byteCount)")) }
        records.append(("mtime", modified.text))
        let pax = records.flatMap { record($0, $1) }
        return header(name: Array("././@PaxHeader".utf8), mode: 0, byteCount: Int64(pax.count), seconds: 0, type: "x")
            + pax + padding(after: Int64(pax.count))
            + header(
                name: nameBytes, mode: 0o600, byteCount: fitsSize ? byteCount : 0, seconds: modified.seconds, type: "0")
    }

    /// Zeros from the end of so many bytes to the end of their last block.
    static func padding(after byteCount: Int64) -> [UInt8] {
        [UInt8](repeating: 0, count: Int(-byteCount & Int64(blockByteCount - 1)))
    }

    /// `<length> <key>=<value>\n`, the length counting itself.
    private static func record(_ key: String, _ value: String) -> [UInt8] {
        let rest = " \(key)=\(value)\n".utf8
        var count = rest.count + 1
        while rest.count + String(count).utf8.count != count { count += 1 }
        return Array("\(count)".utf8) + rest
    }

    private static func header(
        name: [UInt8], mode: Int64, byteCount: Int64, seconds: Int64, type: Unicode.Scalar
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: blockByteCount)
        func put(_ bytes: some Sequence<UInt8>, at offset: Int) {
            for (index, byte) in bytes.enumerated() { block[offset + index] = byte }
        }
        put(name.prefix(100), at: 0)
        put(octal(mode, digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(byteCount, digits: 11), at: 124)
        put(octal(seconds, digits: 11), at: 136)
        put("        ".utf8, at: 148)
        put(String(type).utf8, at: 156)
        put("ustar\u{0}00".utf8, at: 257)
        let sum = block.reduce(0) { $0 + Int64($1) }
        put(octal(sum, digits: 6) + [0], at: 148)
        return block
    }

    private static func octal(_ value: Int64, digits: Int) -> [UInt8] {
        let text = Array(String(value, radix: 8).utf8)
        return [UInt8](repeating: UInt8(ascii: "0"), count: max(digits - text.count, 0)) + text
    }
}

/// A time of modification with a fraction, as it stands in a pax header.
package struct TarTime: Sendable, Hashable {
    /// Since 1970.
    let seconds: Int64
    /// Seven digits, the last of them not 0.
    let fraction: Int

    /// The time of the entry at a place in an archive: fixed, so that the same entries give the same bytes.
    package init(ofEntry index: Int) {
        seconds = 1_704_110_400 + Int64(index)
        fraction = 1_234_561 + index % 800_000 * 10
    }

    var text: String { "\(seconds).\(fraction)" }
}

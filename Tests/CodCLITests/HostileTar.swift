import CodTesting

/// A tar as somebody writes it who means harm, or whose disk was full. The headers' checksums are right.
struct HostileTar {
    private(set) var bytes: [UInt8] = []

    /// Adds an entry; what its header claims may differ from what follows.
    mutating func add(
        _ name: String, _ body: [UInt8] = [], type: Character = "0", link: String = "", sizeField: [UInt8]? = nil,
        mark: String = "ustar\u{0}00", prefix: String = ""
    ) {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: some Sequence<UInt8>, at offset: Int) {
            for (index, byte) in bytes.enumerated() { block[offset + index] = byte }
        }
        put(name.utf8.prefix(100), at: 0)
        put("0000600".utf8, at: 100)
        put("0000000".utf8, at: 108)
        put("0000000".utf8, at: 116)
        put(sizeField ?? Self.octal(body.count), at: 124)
        put("14000000000".utf8, at: 136)
        put(type.utf8, at: 156)
        put(link.utf8.prefix(100), at: 157)
        put(mark.utf8, at: 257)
        put(prefix.utf8.prefix(155), at: 345)
        put("        ".utf8, at: 148)
        put(Self.octal(block.reduce(0) { $0 + Int($1) }).suffix(6) + [0], at: 148)
        bytes += block + body + [UInt8](repeating: 0, count: -body.count & 511)
    }

    /// Adds an entry of any name, by way of a PAX header.
    mutating func addPAX(
        _ records: KeyValuePairs<String, String>, then body: [UInt8], type: Character = "0", link: String = "",
        sizeField: [UInt8]? = nil
    ) {
        add("././@PaxHeader", records.flatMap(Self.record), type: "x")
        add("short", body, type: type, link: link, sizeField: sizeField)
    }

    /// Adds a PAX header that holds for all that follow.
    mutating func addGlobalPAX(_ records: KeyValuePairs<String, String>) {
        add("././@PaxHeader", records.flatMap(Self.record), type: "g")
    }

    mutating func add(_ raw: [UInt8]) { bytes += raw }

    mutating func finish() { bytes += [UInt8](repeating: 0, count: 1024) }

    static func octal(_ value: Int) -> [UInt8] {
        let digits = String(value, radix: 8)
        return Array((String(repeating: "0", count: 11 - digits.count) + digits).utf8)
    }

    private static func record(_ key: String, _ value: String) -> [UInt8] {
        let rest = " \(key)=\(value)\n".utf8
        var count = rest.count + 1
        while String(count).utf8.count + rest.count != count { count = String(count).utf8.count + rest.count }
        return Array("\(count)".utf8) + rest
    }
}

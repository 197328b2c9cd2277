import CodTesting

/// What tars consist of, and tars of all four formats with prefaces, gaps and what is refused.
func tarSeeds() throws -> [[UInt8]] {
    var written = TarWriter(into: [UInt8]())
    for uid in ["1.1", "1.2", "1.3"] { try written.add("instances/\(uid).dcm", Array("body \(uid)".utf8)) }
    // The end mark, without what fills up the last record.
    let whole = written.output + [UInt8](repeating: 0, count: 1024)
    let file = TarSeed.header("instances/1.1.dcm", byteCount: 5) + TarSeed.padded("hello")
    let second = TarSeed.header("instances/1.2.dcm", byteCount: 5) + TarSeed.padded("hello")
    let zeros = [UInt8](repeating: 0, count: 512)
    var seeds = [
        whole, file + second + zeros + zeros, file + zeros + second, file + zeros + zeros + second, file + file + zeros,
        TarSeed.pax("21 path=instances/1.2\n30 mtime=1700000000.123456789\n") + file,
        TarSeed.pax("10 size=5\n") + TarSeed.header("instances/1.1.dcm", byteCount: 0) + TarSeed.padded("hello"),
        TarSeed.pax("28 path=instances/1.3.dcm.x\n", type: "g") + file + second,
        TarSeed.pax("25 GNU.sparse.realsize=5\n") + file,
        TarSeed.header("././@LongLink", type: "L", byteCount: 18, magic: "ustar  \u{0}")
            + TarSeed.padded("instances/1.2.dcm\u{0}")
            + file,
        TarSeed.header("././@LongLink", type: "K", byteCount: 4) + TarSeed.padded("away") + file,
        TarSeed.header("instances/1.1.dcm", type: "S", byteCount: 5, magic: "ustar  \u{0}", sparseMap: true) + zeros
            + TarSeed.padded("hello"),
        TarSeed.header("instances/1.1.dcm", type: "\u{0}", byteCount: 5, magic: "") + TarSeed.padded("hello"),
        TarSeed.header("instances/", type: "5", byteCount: 0) + file,
        Array(file.prefix(515)), Array(file.prefix(300)), Array("<!DOCTYPE html>".utf8) + zeros,
    ]
    for type in "123467DMNVXA" {
        seeds.append(TarSeed.header("instances/1.1.dcm", type: type, byteCount: 5) + TarSeed.padded("hello"))
    }
    for name in ["../1.1.dcm", "/1.1.dcm", "a\\1.1.dcm", "1.1.dcm/", "1.9.dcm", "instances/é.dcm"] {
        seeds.append(TarSeed.header(name, byteCount: 0) + second)
    }
    return seeds.enumerated().flatMap { index, tar in
        // With nothing planned, with the instances alone, and with all that metadata can say of them.
        [(0, 0), (7, 5), (0x3F, 0x25)].map { FuzzInput.seed(tar, mode: $0, choice: $1, cut: [UInt8(index), 2, 3]) }
    }
}

let tarWords = [
    "ustar\u{0}00", "ustar  \u{0}", "?", "00000000005", "77777777777", "path=", "size=", "GNU.sparse.", "instances/1.1.dcm",
    "instances/1.2.dcm", "../", "L", "K", "x", "g", "S", "5", "1", "10 size=5\n", "9223372036854775807", "12 path=a.dcm\n",
]

/// Pieces of a tar whose checksums ``TarSeal`` fills in.
private enum TarSeed {
    static func header(
        _ name: String, type: Character = "0", byteCount: Int64, magic: String = "ustar\u{0}00", sparseMap: Bool = false
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte }
        }
        put(name, at: 0)
        put("0000644", at: 100)
        let size = String(byteCount, radix: 8)
        put(String(repeating: "0", count: 11 - size.count) + size, at: 124)
        put("????????", at: 148)
        block[156] = type.asciiValue ?? 0
        put(magic, at: 257)
        if sparseMap { block[482] = 1 }
        return block
    }

    static func padded(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }

    static func pax(_ records: String, type: Character = "x") -> [UInt8] {
        header("././@PaxHeader", type: type, byteCount: Int64(records.utf8.count)) + padded(records)
    }
}

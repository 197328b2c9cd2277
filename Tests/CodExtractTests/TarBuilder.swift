/// Writes tars for tests, header by header, right ones and wrong ones.
struct TarBuilder {
    /// What stands behind the type flag's neighbour fields: the mark of the format.
    enum Format {
        case v7
        case ustar
        case gnu

        var magic: [UInt8] {
            switch self {
            case .v7: Array(repeating: 0, count: 8)
            case .ustar: Array("ustar\0".utf8) + Array("00".utf8)
            case .gnu: Array("ustar  \0".utf8)
            }
        }
    }

    private(set) var bytes: [UInt8] = []

    /// Adds an entry: header, body, padding. `byteCount` is what the header claims; `adjust` may spoil the header before its
    /// checksum is made.
    mutating func add(
        _ name: String, type: Character = "0", body: [UInt8] = [], byteCount: Int64? = nil, format: Format = .ustar,
        prefix: String = "", adjust: (inout [UInt8]) -> Void = { _ in }
    ) {
        add(
            Self.header(
                name, type: type, byteCount: byteCount ?? Int64(body.count), format: format, prefix: prefix, adjust: adjust))
        addPadded(body)
    }

    /// Adds an instance under its usual name, as Python's tarfile does: a PAX header with the time, then a ustar header.
    mutating func addInstance(_ uid: String, body: [UInt8]) {
        addPAX(["mtime": "1700000000.1234567"])
        add("instances/\(uid).dcm", body: body)
    }

    /// Adds a PAX header: `x` for the next entry, `g` for all.
    mutating func addPAX(_ records: KeyValuePairs<String, String>, type: Character = "x") {
        addPAX(body: records.flatMap { Self.record($0.key, $0.value) }, type: type)
    }

    mutating func addPAX(body: [UInt8], type: Character = "x") {
        add("././@PaxHeader", type: type, body: body)
    }

    /// Adds a GNU long name (`L`) or long link (`K`).
    mutating func addLong(_ name: String, type: Character = "L") {
        add("././@LongLink", type: type, body: Array(name.utf8) + [0], format: .gnu)
    }

    /// Adds bytes as they are.
    mutating func add(_ raw: [UInt8]) { bytes += raw }

    mutating func addPadded(_ body: [UInt8]) {
        bytes += body
        bytes += Array(repeating: 0, count: (512 - body.count % 512) % 512)
    }

    /// Adds blocks of zeros: two are an end mark.
    mutating func addZeroBlocks(_ count: Int = 2) { bytes += Array(repeating: 0, count: count * 512) }

    static func record(_ key: String, _ value: String) -> [UInt8] {
        let rest = Array(" \(key)=\(value)\n".utf8)
        var count = rest.count + 1
        while String(count).utf8.count + rest.count != count { count = String(count).utf8.count + rest.count }
        return Array(String(count).utf8) + rest
    }

    static func header(
        _ name: String, type: Character = "0", byteCount: Int64, format: Format = .ustar, prefix: String = "",
        adjust: (inout [UInt8]) -> Void = { _ in }
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        block.put(Array(name.utf8.prefix(100)), at: 0)
        block.put(octal(0o644, digits: 7), at: 100)
        block.put(octal(0, digits: 7), at: 108)
        block.put(octal(0, digits: 7), at: 116)
        block.put(octal(byteCount, digits: 11), at: 124)
        block.put(octal(1_700_000_000, digits: 11), at: 136)
        block[156] = type.asciiValue ?? 0
        block.put(format.magic, at: 257)
        block.put(Array(prefix.utf8), at: 345)
        adjust(&block)
        seal(&block)
        return block
    }

    /// Puts the checksum in, the sum of unsigned bytes.
    static func seal(_ block: inout [UInt8], signed: Bool = false) {
        block.put(Array(repeating: UInt8(ascii: " "), count: 8), at: 148)
        let sum = block.reduce(Int64(0)) { $0 + (signed ? Int64(Int8(bitPattern: $1)) : Int64($1)) }
        block.put(octal(sum, digits: 6) + [0, UInt8(ascii: " ")], at: 148)
    }

    static func octal(_ value: Int64, digits: Int) -> [UInt8] {
        let text = String(value, radix: 8)
        return Array((String(repeating: "0", count: max(digits - text.count, 0)) + text).utf8)
    }

    /// GNU's form of large and negative numbers: 12 bytes, two's complement, highest first, the highest bit set.
    static func base256(_ value: Int64) -> [UInt8] {
        var bytes = [UInt8](repeating: value < 0 ? 0xFF : 0, count: 12)
        for position in 0..<8 { bytes[11 - position] = UInt8(truncatingIfNeeded: value >> Int64(8 * position)) }
        bytes[0] |= 0x80
        return bytes
    }
}

extension [UInt8] {
    mutating func put(_ field: [UInt8], at offset: Int) {
        replaceSubrange(offset..<(offset + field.count), with: field)
    }
}

/// Bytes that tell their place: a body of `count` bytes.
func body(_ count: Int, seed: UInt8 = 1) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 251) &+ seed }
}

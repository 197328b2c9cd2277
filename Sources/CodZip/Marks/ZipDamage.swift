import CodCore

/// What the mark beside a zip says: which of its entries a verification found to be damaged.
///
/// ```
/// damaged 1 <bytes of the zip> <when it was changed, in nanoseconds since 1970> <check>
/// entry <name> <check>
/// ```
///
/// The check is the crc32c of what stands in front of it; a line that was torn off, or is nothing of this form, is passed over. What stands
/// in front of another first line counts no more. In a name every byte but letters, digits and `.`, `_`, `-`, `/` is `%` and two hexadecimal digits. It holds of the zip of that size and time
/// alone: one that has taken its place is another. Bytes in, names out; what is held is a line, and the names that are asked for.
struct ZipDamage {
    /// Which zip it is, as far as a copy on another disk is the same one.
    struct Zip: Hashable, Sendable {
        let byteCount: Int64
        /// In nanoseconds since 1970.
        let modifiedAt: Int64
    }

    /// A name has at most 65,535 bytes.
    static let maximumByteCount = 3 * 0xFFFF + 64

    /// The zip that it is about; `nil` where that line is missing, and then there are no names.
    private(set) var zip: Zip?
    /// The damaged entries.
    private(set) var names: Set<String> = []

    /// Whether its last line has no end.
    var isTorn: Bool { isTooLong || !line.isEmpty }

    private let isAskedFor: (String) -> Bool
    private var line: [UInt8] = []
    private var isTooLong = false

    /// Reads one; of its names those count that `isAskedFor` says yes to.
    init(of isAskedFor: @escaping (String) -> Bool = { _ in true }) { self.isAskedFor = isAskedFor }

    mutating func push(_ chunk: ByteChunk) {
        chunk.withBytes { bytes in
            bytes.withUnsafeBytes { memory in
                for byte in memory { push(byte) }
            }
        }
    }

    private mutating func push(_ byte: UInt8) {
        if byte == UInt8(ascii: "\n") {
            if !isTooLong, let words = CheckedLine.words(of: line) { take(words) }
            line.removeAll(keepingCapacity: true)
            isTooLong = false
        } else if line.count < Self.maximumByteCount {
            line.append(byte)
        } else {
            isTooLong = true
        }
    }

    private mutating func take(_ words: [Substring]) {
        switch (words[0], words.count) {
        case ("damaged", 4):
            guard words[1] == "1", let byteCount = Int64(words[2]), let modifiedAt = Int64(words[3]) else { return }
            zip = Zip(byteCount: byteCount, modifiedAt: modifiedAt)
            names = []
        case ("entry", 2):
            guard zip != nil, let name = Self.decoded(words[1]), isAskedFor(name) else { return }
            names.insert(name)
        default: break
        }
    }

    // Lines

    static func beginning(of zip: Zip) -> [UInt8] { CheckedLine.bytes("damaged 1 \(zip.byteCount) \(zip.modifiedAt)") }

    static func line(of name: String) -> [UInt8] { CheckedLine.bytes("entry \(encoded(name))") }

    private static func encoded(_ name: String) -> String {
        var text: [UInt8] = []
        for byte in name.utf8 {
            if isPlain(byte) {
                text.append(byte)
            } else {
                text += [UInt8(ascii: "%")] + [byte >> 4, byte & 15].map { $0 < 10 ? 0x30 + $0 : 0x57 + $0 }
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                let digits = rest.prefix(2)
                guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                    let code = UInt8(Substring(digits), radix: 16)
                else { return nil }
                rest = rest.dropFirst(2)
                bytes.append(code)
            } else if isPlain(byte) {
                bytes.append(byte)
            } else {
                return nil
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-")...UInt8(ascii: "9"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// A tar as a reader sees it who knows nothing of the writer: ustar headers, each behind one pax header.
struct ParsedTar {
    struct Entry {
        let name: String
        let range: Range<Int>
        /// The pax records in front of it.
        let records: [String: String]
        let mode: Int
        let seconds: Int
    }

    struct Unsound: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var entries: [Entry] = []
    /// What stands behind the last entry.
    let trailer: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) throws {
        var offset = 0
        var records: [String: String]?
        while offset + 512 <= bytes.count, bytes[offset] != 0 {
            let header = Array(bytes[offset..<offset + 512])
            let sum = header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
            guard header[257..<265].elementsEqual("ustar\u{0}00".utf8), Self.octal(header[148..<156]) == sum else {
                throw Unsound(description: "no header at \(offset)")
            }
            let size = records?["size"].flatMap { Int($0) } ?? Self.octal(header[124..<136])
            let range = offset + 512..<offset + 512 + size
            guard range.upperBound <= bytes.count else { throw Unsound(description: "\(size) bytes at \(offset)") }
            switch header[156] {
            case UInt8(ascii: "x"):
                guard records == nil else { throw Unsound(description: "two pax headers at \(offset)") }
                records = try Self.records(bytes[range])
            case UInt8(ascii: "0"):
                guard let found = records else { throw Unsound(description: "no pax header at \(offset)") }
                let name = String(decoding: header[..<100].prefix { $0 != 0 }, as: UTF8.self)
                entries.append(
                    Entry(
                        name: found["path"] ?? name, range: range, records: found, mode: Self.octal(header[100..<108]),
                        seconds: Self.octal(header[136..<148])))
                records = nil
            default: throw Unsound(description: "type \(header[156]) at \(offset)")
            }
            let end = (range.upperBound + 511) / 512 * 512
            guard end <= bytes.count, bytes[range.upperBound..<end].allSatisfy({ $0 == 0 }) else {
                throw Unsound(description: "padding at \(range.upperBound)")
            }
            offset = end
        }
        trailer = bytes[offset...]
    }

    private static func octal(_ field: ArraySlice<UInt8>) -> Int {
        Int(String(decoding: field.prefix { $0 != 0 && $0 != 32 }, as: UTF8.self), radix: 8) ?? -1
    }

    private static func records(_ bytes: ArraySlice<UInt8>) throws -> [String: String] {
        var rest = bytes
        var records: [String: String] = [:]
        while !rest.isEmpty {
            let digits = rest.prefix { $0 != 32 }
            guard let count = Int(String(decoding: digits, as: UTF8.self)), count <= rest.count, rest.prefix(count).last == 10
            else {
                throw Unsound(description: "pax record")
            }
            let text = String(decoding: rest.prefix(count - 1).dropFirst(digits.count + 1), as: UTF8.self)
            let parts = text.split(separator: "=", maxSplits: 1)
            records[String(parts[0])] = String(parts[1])
            rest = rest.dropFirst(count)
        }
        return records
    }
}

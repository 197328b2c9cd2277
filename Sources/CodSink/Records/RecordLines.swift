internal import CodCore

/// Reads records out of text, a line each:
///
/// ```
/// <instance> <byte count> <crc32c or -> <verified, unverified or damaged>
/// <instance> <byte count> <crc32c> <crc32c of the archive> confirmed
/// <instance> <byte count> <crc32c or -> at:<path> <and so on as above>
/// <instance> withdrawn
/// <generation> <byte count> <crc32c or -> complete
/// ```
///
/// The last word tells that the line is whole: one that was torn off anywhere is passed over, like anything else that is no
/// such line. In a path `%20` stands for a blank, and `%25` for `%`. Bytes in, records out; it holds one line of at most ``maximumByteCount`` bytes.
struct RecordLines {
    static let maximumByteCount = 4096

    enum Line: Hashable, Sendable {
        case instance(SeriesRecords.Record)
        /// What was recorded of an instance says nothing of the file that has its name from now on.
        case withdrawal(String)
        case completion(SeriesRecords.Completion)
    }

    private var line: [UInt8] = []
    private var isTooLong = false

    mutating func push(_ chunk: ByteChunk, _ found: (Line) -> Void) {
        chunk.withBytes { bytes in
            bytes.withUnsafeBytes { memory in
                for byte in memory { push(byte, found) }
            }
        }
    }

    private mutating func push(_ byte: UInt8, _ found: (Line) -> Void) {
        if byte == UInt8(ascii: "\n") {
            if !isTooLong, let read = Self.line(in: String(decoding: line, as: UTF8.self)) { found(read) }
            line.removeAll(keepingCapacity: true)
            isTooLong = false
        } else if line.count < Self.maximumByteCount {
            line.append(byte)
        } else {
            isTooLong = true
        }
    }

    static func text(of line: Line) -> String {
        switch line {
        case .instance(let record):
            let state =
                record.isDamaged
                ? "damaged" : record.archiveChecksum.map { "\($0) confirmed" } ?? (record.isVerified ? "verified" : "unverified")
            let place = record.path.map { "at:\(escaped($0)) " } ?? ""
            return "\(record.uid) \(record.byteCount) \(record.checksum?.description ?? "-") \(place)\(state)\n"
        case .withdrawal(let uid): return "\(uid) withdrawn\n"
        case .completion(let archive):
            return "\(archive.generation) \(archive.byteCount) \(archive.checksum?.description ?? "-") complete\n"
        }
    }

    private static func line(in text: String) -> Line? {
        // By bytes: in a path a letter may take up what stands before or behind it.
        var words = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map { Substring($0) }
        if words.count == 2, words[1] == "withdrawn", UIDText.isValid(words[0]) { return .withdrawal(String(words[0])) }
        var path: String?
        if words.count > 4, words[3].utf8.starts(with: "at:".utf8) {
            guard let unescaped = unescaped(words.remove(at: 3).utf8.dropFirst(3)), PathParts.isSafe(unescaped) else {
                return nil
            }
            path = unescaped
        }
        guard 4...5 ~= words.count, UIDText.isValid(words[0]), let byteCount = Int64(words[1]), byteCount >= 0 else { return nil }
        let checksum = CRC32C(hex: words[2])
        guard checksum != nil || words[2] == "-" else { return nil }
        switch (words[words.count - 1], words.count) {
        case ("verified", 4), ("unverified", 4), ("damaged", 4):
            return .instance(
                SeriesRecords.Record(
                    uid: String(words[0]), byteCount: byteCount, checksum: checksum, isVerified: words[3] == "verified",
                    isDamaged: words[3] == "damaged", path: path))
        case ("confirmed", 5):
            guard let archive = CRC32C(hex: words[3]), checksum != nil else { return nil }
            return .instance(
                SeriesRecords.Record(
                    uid: String(words[0]), byteCount: byteCount, checksum: checksum, isVerified: true, archiveChecksum: archive,
                    path: path))
        case ("complete", 4) where path == nil:
            guard let generation = Int64(words[0]), generation >= 0 else { return nil }
            return .completion(SeriesRecords.Completion(generation: generation, byteCount: byteCount, checksum: checksum))
        default: return nil
        }
    }

    private static func escaped(_ path: String) -> String {
        guard path.utf8.contains(where: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "%") }) else { return path }
        var text = ""
        for character in path.unicodeScalars {
            switch character {
            case " ": text += "%20"
            case "%": text += "%25"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }

    private static func unescaped(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let code = rest.prefix(2)
            guard code.elementsEqual("20".utf8) || code.elementsEqual("25".utf8) else { return nil }
            bytes.append(code.last == UInt8(ascii: "0") ? UInt8(ascii: " ") : byte)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

internal import CodCore

/// Reads records out of text: `<instance> <byte count> <crc32c or -> <verified, unverified or damaged>`, a line each, and
/// `<generation> <byte count> <crc32c or -> complete` of an archive.
///
/// The last word tells that the line is whole: one that was torn off anywhere is passed over, like anything else that is no
/// such line. Bytes in, records out; it holds one line of at most ``maximumByteCount`` bytes.
struct RecordLines {
    static let maximumByteCount = 256

    enum Line: Hashable, Sendable {
        case instance(SeriesRecords.Record)
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
            let state = record.isDamaged ? "damaged" : record.isVerified ? "verified" : "unverified"
            return "\(record.uid) \(record.byteCount) \(record.checksum?.description ?? "-") \(state)\n"
        case .completion(let archive):
            return "\(archive.generation) \(archive.byteCount) \(archive.checksum?.description ?? "-") complete\n"
        }
    }

    private static func line(in text: String) -> Line? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 4, UIDText.isValid(words[0]), let byteCount = Int64(words[1]), byteCount >= 0 else { return nil }
        let checksum = CRC32C(hex: words[2])
        guard checksum != nil || words[2] == "-" else { return nil }
        switch words[3] {
        case "verified", "unverified", "damaged":
            return .instance(
                SeriesRecords.Record(
                    uid: String(words[0]), byteCount: byteCount, checksum: checksum, isVerified: words[3] == "verified",
                    isDamaged: words[3] == "damaged"))
        case "complete":
            guard let generation = Int64(words[0]), generation >= 0 else { return nil }
            return .completion(SeriesRecords.Completion(generation: generation, byteCount: byteCount, checksum: checksum))
        default: return nil
        }
    }
}

internal import CodCore

/// Reads records out of text: `<instance> <byte count> <crc32c or -> <verified, unverified or damaged>`, a line each.
///
/// The last word tells that the line is whole: one that was torn off anywhere is passed over, like anything else that is no
/// such line. Bytes in, records out; it holds one line of at most ``maximumByteCount`` bytes.
struct RecordLines {
    static let maximumByteCount = 256

    private var line: [UInt8] = []
    private var isTooLong = false

    mutating func push(_ chunk: ByteChunk, _ found: (SeriesRecords.Record) -> Void) {
        chunk.withBytes { bytes in
            bytes.withUnsafeBytes { memory in
                for byte in memory { push(byte, found) }
            }
        }
    }

    private mutating func push(_ byte: UInt8, _ found: (SeriesRecords.Record) -> Void) {
        if byte == UInt8(ascii: "\n") {
            if !isTooLong, let record = Self.record(of: String(decoding: line, as: UTF8.self)) { found(record) }
            line.removeAll(keepingCapacity: true)
            isTooLong = false
        } else if line.count < Self.maximumByteCount {
            line.append(byte)
        } else {
            isTooLong = true
        }
    }

    static func line(of record: SeriesRecords.Record) -> String {
        let state = record.isDamaged ? "damaged" : record.isVerified ? "verified" : "unverified"
        return "\(record.uid) \(record.byteCount) \(record.checksum?.description ?? "-") \(state)\n"
    }

    private static func record(of line: String) -> SeriesRecords.Record? {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 4, UIDText.isValid(words[0]), let byteCount = Int64(words[1]), byteCount >= 0 else { return nil }
        let checksum = CRC32C(hex: words[2])
        guard checksum != nil || words[2] == "-", ["verified", "unverified", "damaged"].contains(words[3]) else { return nil }
        return SeriesRecords.Record(
            uid: String(words[0]), byteCount: byteCount, checksum: checksum, isVerified: words[3] == "verified",
            isDamaged: words[3] == "damaged")
    }
}

internal import CodCore

/// Reads records out of text, a line each:
///
/// ```
/// <instance> <byte count> <crc32c or -> <verified, unverified or damaged>
/// <instance> <byte count> <crc32c> <crc32c of the archive> confirmed
/// <instance> withdrawn
/// <generation> <byte count> <crc32c or -> complete
/// ```
///
/// The last word tells that the line is whole: one that was torn off anywhere is passed over, like anything else that is no
/// such line. Bytes in, records out; it holds one line of at most ``maximumByteCount`` bytes.
struct RecordLines {
    static let maximumByteCount = 256

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
            return "\(record.uid) \(record.byteCount) \(record.checksum?.description ?? "-") \(state)\n"
        case .withdrawal(let uid): return "\(uid) withdrawn\n"
        case .completion(let archive):
            return "\(archive.generation) \(archive.byteCount) \(archive.checksum?.description ?? "-") complete\n"
        }
    }

    private static func line(in text: String) -> Line? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        if words.count == 2, words[1] == "withdrawn", UIDText.isValid(words[0]) { return .withdrawal(String(words[0])) }
        guard 4...5 ~= words.count, UIDText.isValid(words[0]), let byteCount = Int64(words[1]), byteCount >= 0 else { return nil }
        let checksum = CRC32C(hex: words[2])
        guard checksum != nil || words[2] == "-" else { return nil }
        switch (words[words.count - 1], words.count) {
        case ("verified", 4), ("unverified", 4), ("damaged", 4):
            return .instance(
                SeriesRecords.Record(
                    uid: String(words[0]), byteCount: byteCount, checksum: checksum, isVerified: words[3] == "verified",
                    isDamaged: words[3] == "damaged"))
        case ("confirmed", 5):
            guard let archive = CRC32C(hex: words[3]), checksum != nil else { return nil }
            return .instance(
                SeriesRecords.Record(
                    uid: String(words[0]), byteCount: byteCount, checksum: checksum, isVerified: true, archiveChecksum: archive))
        case ("complete", 4):
            guard let generation = Int64(words[0]), generation >= 0 else { return nil }
            return .completion(SeriesRecords.Completion(generation: generation, byteCount: byteCount, checksum: checksum))
        default: return nil
        }
    }
}

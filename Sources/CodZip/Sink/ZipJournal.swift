import CodCore

/// What a zip in progress is known to hold, as its journal tells it: a line a fact, appended when it has become true.
///
/// ```
/// zip 1 <seconds since 1970> <check>
/// holder <process> <host or -> <check>
/// add <offset> <bytes> <packed bytes> <stored or deflated> <crc32> <crc32c> <crc32c of all that lies there> <name> <check>
/// sure <crc32c of the archive> <name> <check>
/// drop <name> <check>
/// ```
///
/// The check is the crc32c of what stands in front of it, so a line that was torn off anywhere is known; it and what follows it count
/// for nothing. Bytes in, facts out; it holds one line of at most ``maximumByteCount`` bytes, and a record an entry.
struct ZipJournal: Sendable {
    /// An entry, and the crc32c of all its bytes in the zip: its local record and what it is packed to.
    struct Record: Hashable, Sendable {
        let place: ZipLayout.Place
        let checksum: CRC32C
    }

    static let maximumByteCount = 1024

    /// The time that its entries have; `nil` where the beginning of the journal is missing.
    private(set) var modified: ZipTime?
    /// Who filled it last.
    private(set) var holder: LockHolder?
    private(set) var records: [String: Record] = [:]
    /// Which of them came out of archives that were compared as a whole.
    private(set) var confirmations = Confirmations()
    /// How many bytes are whole lines.
    private(set) var byteCount: Int64 = 0

    private var line: [UInt8] = []
    private var isTorn = false

    mutating func push(_ chunk: ByteChunk) {
        chunk.withBytes { bytes in
            bytes.withUnsafeBytes { memory in
                for byte in memory where !isTorn { push(byte) }
            }
        }
    }

    private mutating func push(_ byte: UInt8) {
        if byte != UInt8(ascii: "\n") {
            line.append(byte)
            isTorn = line.count > Self.maximumByteCount
        } else if let words = CheckedLine.words(of: line), take(words) {
            byteCount += Int64(line.count + 1)
            line.removeAll(keepingCapacity: true)
        } else {
            isTorn = true
        }
    }

    private mutating func take(_ words: [Substring]) -> Bool {
        switch (words[0], words.count) {
        case ("zip", 3):
            guard words[1] == "1", modified == nil, let seconds = Int64(words[2]) else { return false }
            modified = ZipTime(secondsSince1970: seconds)
        case ("holder", 3):
            guard let process = Int(words[1]) else { return false }
            holder = LockHolder(process: process, host: words[2] == "-" ? "" : String(words[2]))
        case ("add", 9):
            guard let record = record(of: words) else { return false }
            records[record.place.entry.name] = record
            confirmations.forget(record.place.entry.name)
        case ("sure", 3):
            guard let archive = CRC32C(hex: words[1]) else { return false }
            if records[String(words[2])] != nil { confirmations.add(String(words[2]), of: archive) }
        case ("drop", 2):
            records[String(words[1])] = nil
            confirmations.drop(String(words[1]))
        default: return false
        }
        return true
    }

    private func record(of words: [Substring]) -> Record? {
        // No disk takes more, and sums of such numbers are numbers.
        let sizes = words[1...3].compactMap { Int64($0) }.filter { 0..<1 << 60 ~= $0 }
        guard let modified, sizes.count == 3, let crc32 = CRC32C(hex: words[5]), let checksum = CRC32C(hex: words[6]),
            let written = CRC32C(hex: words[7]), ZipEntryName.isOfInstance(words[8])
        else { return nil }
        let method: ZipEntry.Method
        switch words[4] {
        case "stored": method = .stored
        case "deflated": method = .deflated
        default: return nil
        }
        let entry = ZipEntry(
            name: String(words[8]), method: method, byteCount: sizes[1], packedByteCount: sizes[2],
            crc32: CRC32(crc32.value), checksum: checksum, modified: modified)
        return Record(place: ZipLayout.Place(entry: entry, offset: sizes[0]), checksum: written)
    }

    // Lines

    static func beginning(_ modified: ZipTime) -> [UInt8] { CheckedLine.bytes("zip 1 \(modified.secondsSince1970)") }

    static func line(of holder: LockHolder) -> [UInt8] {
        CheckedLine.bytes("holder \(holder.process) \(holder.host.isEmpty ? "-" : holder.host)")
    }

    static func line(of record: Record) -> [UInt8] {
        let (entry, offset) = (record.place.entry, record.place.offset)
        return CheckedLine.bytes(
            """
            add \(offset) \(entry.byteCount) \(entry.packedByteCount) \(entry.method == .stored ? "stored" : "deflated") \
            \(CRC32C(entry.crc32.value)) \(entry.checksum ?? CRC32C(0)) \(record.checksum) \(entry.name)
            """)
    }

    static func line(confirming name: String, of archive: CRC32C) -> [UInt8] { CheckedLine.bytes("sure \(archive) \(name)") }

    static func line(dropping name: String) -> [UInt8] { CheckedLine.bytes("drop \(name)") }
}

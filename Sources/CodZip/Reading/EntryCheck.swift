import CodCore
import SystemPackage

/// An entry of a zip that is to be held against what the zip says of it.
struct EntryCheck: Sendable {
    /// How it ended.
    enum Outcome: Equatable {
        /// It is what the zip says.
        case whole
        /// It is not; `found` is what it holds, where it could be unpacked to its end.
        case damaged(String, found: ZipVerification.Content? = nil)
        case unreadable(Errno)
    }

    /// Why it is not even looked at.
    enum Problem: Sendable {
        case leadsOut, isDuplicate
    }

    /// How much of the zip is read at a time. More than any local record has.
    private static let chunkByteCount: Int64 = 256 << 10

    let place: ZipLayout.Place
    /// Where the next entry or the directory begins.
    let limit: Int64
    let problem: Problem?

    var entry: ZipEntry { place.entry }

    /// Reads it, a piece at a time. Throws `CancellationError` when the task was cancelled, and nothing else of note.
    func run(in file: OpenFile, by inflater: EntryInflater, didUnpack: @escaping (Int) -> Void) throws -> Outcome {
        try BlockingCancellation.check()
        switch problem {
        case .leadsOut: return .damaged("Its name leads out of the folder that the zip is unpacked to.")
        case .isDuplicate: return .damaged("Another entry has the same name.")
        case nil: break
        }
        let overlap = Outcome.damaged("It lies in another entry, or in the directory.")
        let least = Int64(LocalRecord.leastByteCount + entry.name.utf8.count)
        guard limit - place.offset >= least + entry.packedByteCount else { return overlap }
        var unpacked = Unpacked(limit: entry.byteCount, didUnpack: didUnpack)
        do {
            let beginning = try file.readChunk(
                at: place.offset, byteCount: Int(min(limit - place.offset, Self.chunkByteCount)))
            guard let record = LocalRecord(startOf: beginning) else {
                return .damaged("Its record is not at byte \(place.offset), where the directory says.")
            }
            if let difference = record.difference(from: place) {
                return .damaged("The record in front of it says \(difference), and not what the directory does.")
            }
            let start = place.offset + Int64(record.byteCount)
            guard limit - start >= entry.packedByteCount else { return overlap }
            var first = beginning
            first.dropFirst(record.byteCount)
            if let problem = try unpack(first, at: start, of: file, by: inflater, into: &unpacked) { return .damaged(problem) }
        } catch let errno as Errno {
            return .unreadable(errno)
        } catch is Unpacked.TooLong {
            return .damaged("It unpacks to more than the \(entry.byteCount) bytes that it is to have.")
        }
        return outcome(of: unpacked)
    }

    /// Unpacks it, the first bytes of which are there. Answers what is wrong with what was packed.
    private func unpack(
        _ first: ByteChunk, at start: Int64, of file: OpenFile, by inflater: EntryInflater, into unpacked: inout Unpacked
    ) throws -> String? {
        let end = start + entry.packedByteCount
        var position = start
        var chunk = first
        var hasEnded = false
        inflater.begin()
        while position < end {
            if position > start {
                try BlockingCancellation.check()
                try file.readChunk(into: &chunk, at: position, byteCount: Int(min(end - position, Self.chunkByteCount)))
            }
            let count = Int(min(Int64(chunk.count), end - position))
            if count == 0 { return "The zip ends within it." }
            if hasEnded { return "Its packed bytes end before their recorded end, and others follow." }
            let outcome = try chunk.withBytes { bytes throws -> EntryInflater.Outcome in
                let bytes = bytes.extracting(0..<count)
                guard entry.method == .deflated else {
                    try unpacked.add(bytes)
                    return .open
                }
                return try inflater.inflate(bytes) { try unpacked.add($0) }
            }
            position += Int64(count)
            switch outcome {
            case .open: break
            case .ended(restByteCount: 0): hasEnded = true
            case .ended: return "Its packed bytes end before their recorded end, and others follow."
            case .invalid: return "It cannot be unpacked behind byte \(unpacked.byteCount)."
            }
        }
        if entry.method == .deflated, !hasEnded { return "It breaks off after \(unpacked.byteCount) bytes." }
        return nil
    }

    private func outcome(of unpacked: Unpacked) -> Outcome {
        let found = ZipVerification.Content(byteCount: unpacked.byteCount, checksum: unpacked.checksum.checksum)
        if unpacked.byteCount != entry.byteCount {
            return .damaged("It has \(unpacked.byteCount) bytes; \(entry.byteCount) bytes were saved.", found: found)
        }
        if let checksum = entry.checksum, checksum != found.checksum {
            return .damaged(
                "Its \(entry.byteCount) bytes have crc32c \(found.checksum); crc32c \(checksum) was saved.", found: found)
        }
        if unpacked.crc32 != entry.crc32 {
            return .damaged("Its \(entry.byteCount) bytes have not the crc32 that the zip says.", found: found)
        }
        return .whole
    }
}

/// What an entry unpacks to: counted and summed up, and not kept.
private struct Unpacked {
    struct TooLong: Error {}

    private(set) var byteCount: Int64 = 0
    private(set) var crc32 = CRC32()
    private(set) var checksum = RunningCRC32C()
    private let limit: Int64
    private let didUnpack: (Int) -> Void

    init(limit: Int64, didUnpack: @escaping (Int) -> Void) {
        (self.limit, self.didUnpack) = (limit, didUnpack)
    }

    /// Adds bytes; throws when they are more than there may be.
    mutating func add(_ bytes: RawSpan) throws {
        // A little that is packed may unpack to very much.
        try BlockingCancellation.check()
        guard Int64(bytes.byteCount) <= limit - byteCount else { throw TooLong() }
        byteCount += Int64(bytes.byteCount)
        crc32.update(bytes)
        checksum.update(bytes)
        didUnpack(bytes.byteCount)
    }
}

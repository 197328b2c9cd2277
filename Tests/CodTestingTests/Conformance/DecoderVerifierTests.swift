import CodCore
import CodTesting
import Testing

@Suite("The decoder verifier catches decoders that depend on the chunks or break their order")
struct DecoderVerifierTests {
    private let bytes: [UInt8] = (0..<40).map { UInt8($0) }

    @Test("A decoder that does all right passes, on no bytes too")
    func rightDecoder() throws {
        try DecoderVerifier().verify(bytes) { LineDecoder() }
        try DecoderVerifier().verify([]) { LineDecoder() }
        try DecoderVerifier().verify([1]) { LineDecoder() }
    }

    @Test("Every fault is found", arguments: LineDecoder.Fault.allCases)
    func faults(fault: LineDecoder.Fault) {
        #expect(throws: DecoderVerifier.Difference.self) { try DecoderVerifier().verify(bytes) { LineDecoder(fault: fault) } }
    }

    @Test("The message says how the bytes were cut and what differs")
    func message() {
        let difference = #expect(throws: DecoderVerifier.Difference.self) {
            try DecoderVerifier().verify(bytes) { LineDecoder(fault: .altersFirstByteOfSecondChunk) }
        }
        #expect(difference?.description.hasPrefix("Cut byte by byte") == true)
        #expect(difference?.description.contains("a body of 10 bytes with crc32c") == true)
    }
}

/// A format of the simplest kind: every ten bytes are an entry, and a last one that is shorter is an error.
struct LineDecoder: ArchiveDecoder {
    enum Fault: CaseIterable {
        case altersFirstByteOfSecondChunk, answersEmptyBytes, forgetsEnd, endsTwice, beginsInside, failsOnSmallChunks
        case finishesInside, bytesOutside
    }

    struct Failure: Error {
        let message: String
    }

    var fault: Fault?
    private var events: [EntryEvent] = []
    private var byteCount = 0
    private var chunkCount = 0

    init(fault: Fault? = nil) {
        self.fault = fault
    }

    mutating func push(_ chunk: ByteChunk) {
        chunkCount += 1
        var bytes = chunk.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
        if fault == .altersFirstByteOfSecondChunk, chunkCount == 2 { bytes[0] ^= 1 }
        if fault == .bytesOutside, byteCount == 0 { events.append(.bytes(ByteChunk([1]))) }
        for byte in bytes {
            if byteCount % 10 == 0 || (fault == .beginsInside && byteCount == 15) {
                let offset = Int64(byteCount)
                events.append(.begin(ArchiveEntry(name: "\(offset)", kind: .file, byteCount: 10, offset: offset)))
            }
            events.append(.bytes(ByteChunk(fault == .answersEmptyBytes && byteCount == 15 ? [] : [byte])))
            byteCount += 1
            if byteCount % 10 == 0 {
                if fault == .finishesInside, byteCount == 40 { continue }
                if fault != .forgetsEnd || byteCount != 20 { events.append(.end) }
                if fault == .endsTwice, byteCount == 20 { events.append(.end) }
            }
        }
    }

    mutating func next() throws(Failure) -> EntryEvent? {
        if fault == .failsOnSmallChunks, chunkCount > 2 { throw Failure(message: "too many chunks") }
        return events.isEmpty ? nil : events.removeFirst()
    }

    mutating func finish() throws(Failure) {
        if byteCount % 10 != 0, fault == nil { throw Failure(message: "cut off after \(byteCount) bytes") }
    }
}

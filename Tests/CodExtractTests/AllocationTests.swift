import CAllocationCounting
import CodCore
import Testing

@testable import CodExtract

@Suite("Extraction allocates per entry, never per chunk, and copies no body")
struct AllocationTests {
    /// Instances of `byteCount` bytes each, as a tar of a store's form.
    private static func tar(entryCount: Int, byteCount: Int) -> ByteChunk {
        var tar = TarBuilder()
        let body = [UInt8](repeating: 7, count: byteCount)
        for number in 0..<entryCount { tar.addInstance("1.2.826.0.1.3680043.8.498.\(1000 + number)", body: body) }
        return ByteChunk(tar.bytes)
    }

    /// How often memory is asked for while a tar is decoded and summed up, out of chunks of that size, and how many parts of bodies come.
    @inline(never)
    private static func count(_ tar: ByteChunk, chunkByteCount: Int) throws -> (allocationCount: Int64, partCount: Int) {
        var chunks: [ByteChunk] = []
        var rest = tar
        while rest.count > 0, let chunk = rest.takeFirst(min(chunkByteCount, rest.count)) { chunks.append(chunk) }
        var decoder = TarDecoder()
        var checksum = RunningCRC32C()
        var partCount = 0
        let before = cod_allocation_count()
        for chunk in chunks {
            decoder.push(chunk)
            while let event = try decoder.next() {
                guard case .bytes(let part) = event else { continue }
                partCount += 1
                checksum.update(part)
            }
        }
        try decoder.finish()
        return (cod_allocation_count() - before, partCount)
    }

    @Test(
        "A body that comes in more chunks costs no more memory",
        .enabled(if: cod_allocation_count() >= 0, "allocations cannot be counted here"))
    func perChunk() throws {
        let tar = Self.tar(entryCount: 4, byteCount: 1 << 20)
        _ = try Self.count(tar, chunkByteCount: 1 << 20)
        let few = try Self.count(tar, chunkByteCount: 1 << 19)
        let many = try Self.count(tar, chunkByteCount: 1 << 12)
        #expect(many.partCount > few.partCount + 900)
        let (more, chunkCount) = (many.allocationCount - few.allocationCount, Int64(many.partCount - few.partCount))
        #expect(
            more <= Self.chunkLimit * chunkCount + 8,
            "\(chunkCount) more chunks asked for memory \(more) times; \(Self.chunkLimit) for each are meant to be.")
    }

    @Test(
        "An entry costs a bounded number of allocations",
        .enabled(if: cod_allocation_count() >= 0, "allocations cannot be counted here"))
    func perEntry() throws {
        let (few, many) = (Self.tar(entryCount: 100, byteCount: 600), Self.tar(entryCount: 1100, byteCount: 600))
        _ = try Self.count(few, chunkByteCount: 1 << 16)
        let more =
            try Self.count(many, chunkByteCount: 1 << 16).allocationCount
            - Self.count(few, chunkByteCount: 1 << 16).allocationCount
        #expect(
            more <= Self.entryLimit * 1000,
            "An entry costs \(Double(more) / 1000) allocations in the decoder; more than \(Self.entryLimit) are not meant to be.")
    }

    #if DEBUG
        /// Without optimisation what is generic is boxed, everywhere and each time.
        private static let (chunkLimit, entryLimit): (Int64, Int64) = (1, 290)
    #else
        private static let (chunkLimit, entryLimit): (Int64, Int64) = (0, 16)
    #endif

    @Test("What is handed on of a body is the memory that was pushed", arguments: [1, 511, 4096, 1 << 20])
    func copiesNothing(chunkByteCount: Int) throws {
        var rest = Self.tar(entryCount: 3, byteCount: 5000)
        var decoder = TarDecoder()
        var bodyByteCount = 0
        while rest.count > 0, let chunk = rest.takeFirst(min(chunkByteCount, rest.count)) {
            let pushed = chunk.addresses
            decoder.push(chunk)
            while let event = try decoder.next() {
                guard case .bytes(let part) = event else { continue }
                bodyByteCount += part.count
                let handedOn = part.addresses
                #expect(
                    pushed.lowerBound <= handedOn.lowerBound && handedOn.upperBound <= pushed.upperBound,
                    "\(part.count) bytes of a body were copied")
            }
        }
        #expect(bodyByteCount == 3 * 5000)
    }
}

extension ByteChunk {
    /// Where its bytes lie in memory.
    fileprivate var addresses: Range<UInt> {
        withBytes { bytes in
            bytes.withUnsafeBytes { memory in
                let start = UInt(bitPattern: memory.baseAddress)
                return start..<start + UInt(memory.count)
            }
        }
    }
}

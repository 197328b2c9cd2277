import CodCore
import Testing

@testable import CodZip

/// The compressors of this build.
enum Kind: String, CaseIterable, Sendable {
    case zlib
    #if LibDeflate
        case libdeflate
    #endif

    func make(level: Int) throws -> any Compressor {
        switch self {
        case .zlib: try ZlibCompressor(level: level)
        #if LibDeflate
            case .libdeflate: try LibdeflateCompressor(level: level)
        #endif
        }
    }
}

@Suite("Compressors")
struct CompressorTests {
    @Test("What is packed whole is unpacked to the same, whatever the level", arguments: Kind.allCases, 1...9)
    func whole(kind: Kind, level: Int) throws {
        let compressor = try kind.make(level: level)
        for byteCount in [1, 2, 3, 258, 32_767, 32_769, 131_072, 131_073] {
            for bytes in [ramp(byteCount), noise(byteCount), [UInt8](repeating: 0, count: byteCount)] {
                #expect(try inflated(try #require(try compressor.packed(bytes))) == bytes)
            }
        }
    }

    @Test(
        "What has no room is not packed, and the next entry is none the worse for it", arguments: Kind.allCases,
        [0, 1, 2, 100, 999])
    func noRoom(kind: Kind, capacity: Int) throws {
        let compressor = try kind.make(level: 6)
        #expect(try compressor.packed(noise(1000), upTo: capacity) == nil)
        #expect(try inflated(try #require(try compressor.packed(ramp(4000)))) == ramp(4000))
    }

    @Test("Blocks that were packed by several are one stream, each behind what stands in front of it", arguments: [1, 4, 6, 9])
    func blocks(level: Int) throws {
        // The same again and again, farther apart than one block is long.
        let bytes = (0..<10).flatMap { _ in noise(20_000) }
        var stream: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 15_000) {
            let end = min(start + 15_000, bytes.count)
            let compressor = try ZlibCompressor(level: level)
            stream += try #require(
                try compressor.packed(Array(bytes[..<end]), from: start, isLast: end == bytes.count))
        }
        #expect(try inflated(stream) == bytes)
        #expect(stream.count < 45_000)
    }

    @Test("One that packs whole entries alone is given no parts")
    func wholeOnly() throws {
        var options = ZipOptions()
        options.makeCompressor = { try WholeOnly(level: $0) }
        var packer = EntryPacker(options)
        let bytes = ramp(300_000)
        let whole = try packer.pack(ByteChunk(bytes), named: "a", modified: .earliest)
        #expect(whole.entry.method == .deflated)
        let first = try packer.part(bytes.span.bytes.extracting(0..<100_000), from: 0, isLast: false)
        let second = try packer.part(bytes.span.bytes.extracting(80_000..<300_000), from: 20_000, isLast: true)
        #expect(try inflated(first.bytes + second.bytes) == bytes)
    }

    #if LibDeflate
        @Test("libdeflate is the default, and refuses parts")
        func libdeflate() throws {
            let made = try ZipOptions().makeCompressor(1)
            #expect(made is LibdeflateCompressor)
            #expect(throws: CodError.self) { try made.packed(ramp(100), isLast: false) }
            #expect(throws: CodError.self) { try made.packed(ramp(100), from: 10) }
        }
    #else
        @Test("zlib is the default")
        func zlib() throws { #expect(try ZipOptions().makeCompressor(1) is ZlibCompressor) }
    #endif

    private func inflated(_ packed: [UInt8]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let outcome = try EntryInflater().inflate(packed.span.bytes) { span in span.withUnsafeBytes { bytes += $0 } }
        #expect(outcome == .ended(restByteCount: 0))
        return bytes
    }
}

/// Stands for a library that knows whole entries alone.
private final class WholeOnly: Compressor {
    let blockByteCount = Int.max
    let packsParts = false
    private let zlib: ZlibCompressor

    init(level: Int) throws { zlib = try ZlibCompressor(level: level) }

    func pack(_ block: RawSpan, after dictionary: RawSpan, isLast: Bool, into output: inout OutputRawSpan) throws -> Bool {
        #expect(dictionary.isEmpty && isLast)
        return try zlib.pack(block, after: dictionary, isLast: isLast, into: &output)
    }
}

extension Compressor {
    /// Packs bytes from an offset on, behind what stands in front of it; `nil` where they do not become so few.
    func packed(
        _ bytes: [UInt8], from offset: Int = 0, isLast: Bool = true, upTo mostByteCount: Int? = nil
    ) throws -> [UInt8]? {
        let mostByteCount = mostByteCount ?? bytes.count + bytes.count / 16 + 1024
        let output = PackedOutput(byteCount: mostByteCount)
        let hasRoom = try output.fill(
            upTo: mostByteCount, with: bytes.span.bytes, from: offset, isLast: isLast, by: self)
        return hasRoom ? output.array : nil
    }
}

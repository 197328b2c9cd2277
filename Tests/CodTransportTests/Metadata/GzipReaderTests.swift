import CodCore
import Testing

@testable import CodTransport

@Suite("gzip is undone as it arrives")
struct GzipReaderTests {
    let text = Array("{\"cod\": {\"instances\": {}}} and more, and more, and more".utf8)

    func unpack(_ pieces: some Sequence<some Collection<UInt8>>, limit: Int64 = 1 << 20) throws -> [UInt8] {
        var reader = GzipReader(limit: limit)
        var output: [UInt8] = []
        for piece in pieces {
            let bytes = Array(piece)
            try reader.push(bytes.span.bytes) { for offset in 0..<$0.byteCount { output.append($0[offset]) } }
        }
        try reader.finish { for offset in 0..<$0.byteCount { output.append($0[offset]) } }
        return output
    }

    @Test("One member comes out the same however it is cut")
    func everySplit() throws {
        for pieces in cuts(of: gzipped(text)) { #expect(try unpack(pieces) == text) }
    }

    @Test("Several members, an empty one and zeros behind them come out as one text however they are cut")
    func members() throws {
        let all = gzipped(text) + gzipped([]) + [0, 0] + gzipped(text) + [0, 0, 0]
        for pieces in cuts(of: all) { #expect(try unpack(pieces) == text + text) }
    }

    @Test(
        "What is no gzip passes unchanged", arguments: [[], [0x1F], [0x1F, 0x1F, 0x8B], [0x8B], Array("{}".utf8)] as [[UInt8]])
    func plain(bytes: [UInt8]) throws {
        for pieces in cuts(of: bytes) { #expect(try unpack(pieces) == bytes) }
    }

    @Test("More than a buffer of output comes out whole")
    func long() throws {
        let long = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 777) }
        #expect(try unpack([gzipped(long)]) == long)
    }

    @Test("gzip that ends too early is an error at every length")
    func truncatedGzip() {
        let whole = gzipped(text)
        for count in 2..<whole.count {
            #expect(throws: CodError.self) { try unpack([whole.prefix(count)]) }
        }
    }

    @Test("A flipped byte of the data or its checksum is an error")
    func damagedGzip() {
        let whole = gzipped(text)
        for position in whole.count - 8..<whole.count {
            var damaged = whole
            damaged[position] ^= 0x40
            let error = #expect(throws: CodError.self) { try unpack([damaged]) }
            #expect(error?.code == .damagedMetadata)
        }
    }

    @Test("Other bytes behind the data are an error")
    func trailingBytes() {
        #expect(throws: CodError.self) { try unpack([gzipped(text) + [7]]) }
    }

    @Test("A gzip bomb ends at the limit, and no piece of it is larger than a buffer")
    func gzipBomb() {
        let bomb = gzipped([UInt8](repeating: 0x20, count: 8 << 20))
        #expect(bomb.count < 20_000)
        var reader = GzipReader(limit: 1 << 20)
        var outputByteCount = 0
        let error = #expect(throws: CodError.self) {
            try reader.push(bomb.span.bytes) { piece in
                #expect(piece.byteCount <= 64 << 10)
                outputByteCount += piece.byteCount
            }
        }
        #expect(error?.message.contains("longer than 1048576 bytes") == true)
        #expect(outputByteCount <= 1 << 20)
    }

    @Test("Empty members without end stop at the limit")
    func emptyMembers() {
        let member = gzipped([])
        #expect(throws: CodError.self) { try unpack(repeatElement(member, count: 100), limit: Int64(member.count * 99)) }
    }
}

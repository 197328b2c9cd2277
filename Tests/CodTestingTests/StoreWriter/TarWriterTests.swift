import CodCore
import Foundation
import Testing

@testable import CodTesting

@Suite struct TarWriterTests {
    @Test(arguments: [0, 1, 511, 512, 513, 1024, 8191, 8192, 9000])
    func `Entries of every size come back`(size: Int) throws {
        var tar = TarWriter(into: [UInt8]())
        let contents = [Array(repeating: UInt8(7), count: size), Array("next".utf8)]
        let starts = [try tar.add("instances/a.dcm", contents[0]), try tar.add("instances/b.dcm", contents[1])]
        try tar.finish()
        let parsed = try ParsedTar(tar.output)
        #expect(parsed.entries.map { Array(tar.output[$0.range]) } == contents)
        #expect(parsed.entries.map { Int64($0.range.lowerBound) } == starts)
        #expect(starts[0] == 1536)
        #expect(tar.output.count % 10240 == 0 && Int64(tar.output.count) == tar.byteCount)
        #expect(parsed.trailer.count >= 1024 && parsed.trailer.allSatisfy { $0 == 0 })
    }

    @Test(arguments: [
        "instances/\(String(repeating: "1", count: 86)).dcm", String(repeating: "9", count: 250), "instances/ä.dcm",
    ])
    func `Long names and those beyond ASCII travel in the pax header`(name: String) throws {
        var tar = TarWriter(into: [UInt8]())
        try tar.add(name, [1, 2, 3])
        try tar.finish()
        let entry = try #require(try ParsedTar(tar.output).entries.first)
        #expect(entry.name == name)
        #expect((entry.records["path"] == name) == (name.utf8.count > 100 || name.contains("ä")))
    }

    @Test func `A size beyond eleven octal digits travels in the pax header`() {
        let blocks = TarHeader.blocks(name: "a", byteCount: 1 << 33, modified: TarTime(ofEntry: 0))
        let text = String(decoding: blocks, as: UTF8.self)
        #expect(text.contains("19 size=8589934592\n"))
        #expect(blocks.count == 1536)
        let below = TarHeader.blocks(name: "a", byteCount: 1 << 33 - 1, modified: TarTime(ofEntry: 0))
        #expect(!String(decoding: below, as: UTF8.self).contains("size="))
        #expect(below[1024 + 124..<1024 + 135].elementsEqual("77777777777".utf8))
    }

    @Test(arguments: [2, 4]) func `An entry whose body is not as long as was said is an error`(written: Int) {
        var tar = TarWriter(into: [UInt8]())
        #expect(
            thrownCode {
                try tar.add("a", byteCount: 3) { write in try write(Array(repeating: UInt8(0), count: written).span.bytes) }
            } == .sizeMismatch)
    }

    @Test func `Times differ from entry to entry and always have a fraction`() {
        let times = (0..<2000).map { TarTime(ofEntry: $0 * 997).text }
        #expect(Set(times).count == 2000)
        #expect(times.allSatisfy { $0.wholeMatch(of: /[0-9]{10}\.[0-9]{6}[1-9]/) != nil })
    }
}

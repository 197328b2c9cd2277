import CodCore
import Testing

@testable import CodZip

@Suite("The mark of what is damaged in a zip")
struct ZipDamageTests {
    private let zip = ZipDamage.Zip(byteCount: 123_456_789_012, modifiedAt: 1_600_000_000_123_456_789)
    private let names = ["4.5/instances/1.dcm", "4.5/instances/hash-2_A.dcm", "INCOMPLETE.txt"]

    private var lines: [[UInt8]] { [ZipDamage.beginning(of: zip)] + names.map(ZipDamage.line(of:)) }

    private func read(_ chunks: [[UInt8]], where isAskedFor: @escaping (String) -> Bool = { _ in true }) -> ZipDamage {
        var damage = ZipDamage(of: isAskedFor)
        for chunk in chunks { damage.push(ByteChunk(chunk)) }
        return damage
    }

    @Test("tells what was written, however it is cut")
    func roundTrip() {
        let bytes = lines.flatMap(\.self)
        for cut in 0...bytes.count {
            let damage = read([Array(bytes[..<cut]), Array(bytes[cut...])])
            #expect(damage.zip == zip && damage.names == Set(names) && !damage.isTorn)
        }
        #expect(read(bytes.map { [$0] }).names == Set(names))
        #expect(read([bytes], where: { $0 == names[1] }).names == [names[1]])
    }

    @Test("tells what stands in front of where it was torn off, and what was written behind that")
    func torn() {
        let bytes = lines.flatMap(\.self)
        var ends = [0]
        for line in lines { ends.append(ends[ends.count - 1] + line.count) }
        for cut in 0..<bytes.count {
            let damage = read([Array(bytes[..<cut])])
            let wholeCount = ends.lastIndex { $0 <= cut } ?? 0
            #expect((damage.zip == zip) == (wholeCount > 0) && damage.isTorn == (ends[wholeCount] != cut))
            #expect(damage.names == Set(names.prefix(max(wholeCount - 1, 0))))
            let more = read([Array(bytes[..<cut]), [0x0A], ZipDamage.line(of: "4.6/instances/9.dcm")])
            // Behind all of the first line but its end it makes that whole.
            #expect(more.names.contains("4.6/instances/9.dcm") == (cut >= ends[1] - 1))
        }
    }

    @Test("believes no line of which a byte is another, and all others")
    func changed() {
        let bytes = lines.flatMap(\.self)
        var start = 0
        for (number, line) in lines.enumerated() {
            // The end of a line makes one of two.
            for position in start..<start + line.count - 1 {
                for bit in [0x01, 0x15, 0x80] as [UInt8] {
                    var other = bytes
                    other[position] ^= bit
                    let damage = read([other])
                    #expect((damage.zip == zip) == (number > 0))
                    let isLost = { (index: Int) in number == 0 || index + 1 == number }
                    #expect(damage.names == Set(names.enumerated().filter { !isLost($0.offset) }.map(\.element)))
                }
            }
            start += line.count
        }
    }

    @Test(
        "has names of any bytes",
        arguments: [
            "", " ", "a b", "%", "%41", "a\nb", "\r\n", "n\u{F6}tes", "\u{4E2D}\u{6587}", "\u{1F9E0}", "\0", "..", "a\\b:c",
            "entry x",
            String(repeating: "\u{FF}", count: 32_767),
        ])
    func anyName(name: String) {
        let line = ZipDamage.line(of: name)
        #expect(line.count <= ZipDamage.maximumByteCount && line.dropLast().allSatisfy { 0x20..<0x7F ~= $0 })
        #expect(read([ZipDamage.beginning(of: zip), line]).names == [name])
    }

    @Test(
        "takes no line that cannot be",
        arguments: [
            "damaged 2 1 1", "damaged 1 1", "damaged 1 x 1", "damaged 1 9223372036854775808 1", "entry", "entry a b", "entry %4",
            "entry %", "entry %4g", "entry %+4", "entry \u{7E}", "drop 4.5/instances/1.dcm", "", " ",
        ])
    func refused(text: String) {
        let damage = read([ZipDamage.beginning(of: zip), CheckedLine.bytes(text), ZipDamage.line(of: names[0])])
        #expect(damage.zip == zip && damage.names == [names[0]])
    }

    @Test("names nothing without its first line, and nothing of another zip")
    func beginnings() {
        #expect(read(Array(lines.dropFirst())).names.isEmpty)
        let other = ZipDamage.Zip(byteCount: 1, modifiedAt: -1)
        let damage = read(lines + [ZipDamage.beginning(of: other), ZipDamage.line(of: "a")])
        #expect(damage.zip == other && damage.names == ["a"])
    }

    @Test("of one endless line holds no more than a line, and goes on behind it")
    func endless() {
        let damage = read([[UInt8](repeating: 0x61, count: 300_000), Array("\n".utf8)] + lines)
        #expect(damage.names == Set(names))
    }
}

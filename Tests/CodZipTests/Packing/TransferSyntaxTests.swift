import CodCore
import Testing

@testable import CodZip

@Suite("The transfer syntax that a DICOM file tells of")
struct TransferSyntaxTests {
    private static let jpeg2000 = "1.2.840.10008.1.2.4.90"

    /// An element of group 2.
    private static func element(_ number: UInt16, _ kind: String, _ content: [UInt8]) -> [UInt8] {
        let tag = [2, 0, UInt8(truncatingIfNeeded: number), UInt8(number >> 8)] + Array(kind.utf8)
        let count = (0..<4).map { UInt8(truncatingIfNeeded: content.count >> ($0 * 8)) }
        return tag + (["OB", "OW", "OF", "SQ", "UT", "UN"].contains(kind) ? [0, 0] + count : Array(count.prefix(2))) + content
    }

    private static func text(_ text: String, padding: UInt8 = 0) -> [UInt8] {
        Array(text.utf8) + (text.utf8.count % 2 == 0 ? [] : [padding])
    }

    private static let syntax = element(0x10, "UI", text(jpeg2000))
    private static let others = [
        element(0x01, "OB", [0, 1]), element(0x02, "UI", text("1.2.840.10008.5.1.4.1.1.2")),
        element(0x16, "AE", Array("ONE ".utf8)),
        element(0x102, "UN", []),
    ]

    private func file(_ elements: [[UInt8]]) -> [UInt8] {
        [UInt8](repeating: 0x33, count: 128) + Array("DICM".utf8) + elements.flatMap(\.self) + [8, 0, 5, 0] + Array("CS".utf8)
    }

    private func found(_ bytes: some Collection<UInt8>) -> String? { TransferSyntax(startOf: Array(bytes).span.bytes)?.uid }

    @Test("is found in whatever order elements stand, and however long they are")
    func orders() {
        for order in permutations(Self.others + [Self.syntax]) { #expect(found(file(order)) == Self.jpeg2000) }
        let long = Self.element(0x102, "OB", [UInt8](repeating: 7, count: 70_000))
        #expect(found(file([long, Self.syntax])) == Self.jpeg2000)
        #expect(found(file([Self.syntax, Self.syntax])) == Self.jpeg2000)
    }

    @Test("is found in a beginning that has all of it, and in no shorter one")
    func cut() {
        for position in 0...Self.others.count {
            var elements = Self.others
            elements.insert(Self.syntax, at: position)
            let bytes = file(elements)
            let end = 132 + elements[...position].reduce(0) { $0 + $1.count }
            for count in 0...bytes.count {
                #expect(found(bytes.prefix(count)) == (count < end ? nil : Self.jpeg2000), "\(count)")
            }
        }
    }

    @Test("is not found where there is none, nor behind the group that it is in, nor in what is no such file")
    func none() {
        #expect(found(file(Self.others)) == nil)
        #expect(found(file([[8, 0, 5, 0] + Array("CS".utf8) + [0, 0], Self.syntax])) == nil)
        var other = file([Self.syntax])
        other[131] = 0x4E
        #expect(found(other) == nil)
        #expect(
            found([UInt8](repeating: 0, count: 1000)) == nil && found([]) == nil
                && found([UInt8](repeating: 0xFF, count: 1000)) == nil)
        // Lengths that lead out.
        for kind in ["OB", "UI"] {
            #expect(
                found(
                    file(
                        [Self.element(0x01, kind, [])].map { $0.dropLast(kind == "OB" ? 4 : 2) + [0xFF, 0xFF, 0xFF, 0xFF] } + [
                            Self.syntax
                        ])) == nil)
        }
    }

    @Test("has no padding", arguments: ["\0", " ", ""])
    func padding(_ end: String) {
        let bytes = file([Self.element(0x10, "UI", Array("1.2.840.10008.1.2\(end)".utf8))])
        #expect(found(bytes) == "1.2.840.10008.1.2")
    }

    @Test("with any byte changed is another one, or none, and nothing worse")
    func changed() {
        let bytes = file(Self.others + [Self.syntax])
        for position in 128..<bytes.count {
            for value in [0, 0x20, 0x7F, 0xFF] as [UInt8] {
                var other = bytes
                other[position] = value
                _ = found(other)
            }
        }
    }

    @Test(
        "tells whether pixels are compressed already",
        arguments: [
            ("1.2.840.10008.1.2", false), ("1.2.840.10008.1.2.1", false), ("1.2.840.10008.1.2.2", false),
            ("1.2.840.10008.1.2.1.99", true), ("1.2.840.10008.1.2.4.50", true), ("1.2.840.10008.1.2.4.57", true),
            ("1.2.840.10008.1.2.4.70", true), ("1.2.840.10008.1.2.4.80", true), ("1.2.840.10008.1.2.4.91", true),
            ("1.2.840.10008.1.2.4.102", true), ("1.2.840.10008.1.2.4.107", true), ("1.2.840.10008.1.2.4.110", true),
            ("1.2.840.10008.1.2.4.201", true), ("1.2.840.10008.1.2.5", true), ("1.2.840.10008.1.2.40", false),
            ("1.2.840.10008.1.2.50", false), ("1.2.3", false),
        ])
    func compressed(uid: String, isCompressed: Bool) {
        let bytes = file([Self.element(0x10, "UI", Self.text(uid))])
        let found = TransferSyntax(startOf: bytes.span.bytes)
        #expect(found?.isCompressed == isCompressed)
    }

    private func permutations<Element>(_ elements: [Element]) -> [[Element]] {
        guard elements.count > 1 else { return [elements] }
        return elements.indices.flatMap { index in
            var rest = elements
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }
}

import CodTesting
import Testing

/// A DICOM file as a reader sees it who knows nothing of the writer: Part 10, Explicit VR Little Endian, no sequences.
struct ParsedDICOM {
    struct Element {
        let tag: UInt32
        let vr: String
        let value: [UInt8]

        var text: String {
            String(decoding: value, as: UTF8.self).trimmingSuffix { $0 == " " || $0 == "\0" }
        }
        var texts: [String] { text.split(separator: "\\", omittingEmptySubsequences: false).map(String.init) }
        var number: Int { value.reversed().reduce(0) { $0 << 8 | Int($1) } }
    }

    struct Unsound: Error, CustomStringConvertible {
        let description: String
    }

    let elements: [Element]

    subscript(tag: UInt32) -> Element? { elements.first { $0.tag == tag } }

    /// Takes the file apart; throws when anything about its structure is not as PS3.10 §7.1 and PS3.5 §7.1 want it.
    init(_ bytes: [UInt8]) throws {
        guard bytes.count > 132, bytes[..<128].allSatisfy({ $0 == 0 }), bytes[128..<132].elementsEqual("DICM".utf8) else {
            throw Unsound(description: "no preamble and DICM")
        }
        var offset = 132
        var elements: [Element] = []
        func take(_ count: Int) throws -> [UInt8] {
            guard count <= bytes.count - offset else { throw Unsound(description: "\(count) bytes wanted at \(offset)") }
            defer { offset += count }
            return Array(bytes[offset..<offset + count])
        }
        func number(_ bytes: [UInt8]) -> UInt32 { bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
        while offset < bytes.count {
            let tag = number(try take(2)) << 16 | number(try take(2))
            let vr = String(decoding: try take(2), as: UTF8.self)
            let byteCount: UInt32
            switch vr {
            case "OB", "OW":
                guard try take(2) == [0, 0] else { throw Unsound(description: "reserved bytes of \(tag)") }
                byteCount = number(try take(4))
            case "AT", "CS", "DA", "DS", "IS", "LO", "PN", "SH", "TM", "UI", "UL", "US": byteCount = number(try take(2))
            default: throw Unsound(description: "VR \(vr) of \(String(tag, radix: 16))")
            }
            if byteCount % 2 == 1 { throw Unsound(description: "odd length \(byteCount) of \(String(tag, radix: 16))") }
            if let last = elements.last, last.tag >= tag {
                throw Unsound(description: "\(String(tag, radix: 16)) behind \(String(last.tag, radix: 16))")
            }
            elements.append(Element(tag: tag, vr: vr, value: try take(Int(byteCount))))
        }
        let meta = elements.prefix { $0.tag >> 16 == 2 }
        let length = meta.dropFirst().reduce(0) { $0 + ($1.vr == "OB" ? 12 : 8) + $1.value.count }
        guard meta.first?.tag == 0x0002_0000, meta.first?.number == length else {
            throw Unsound(description: "group length \(meta.first?.number ?? -1), not \(length)")
        }
        self.elements = elements
    }
}

extension String {
    fileprivate func trimmingSuffix(while isPadding: (Character) -> Bool) -> String {
        var trimmed = self
        while let last = trimmed.last, isPadding(last) { trimmed.removeLast() }
        return trimmed
    }
}

/// The first instance of a study's first series.
func firstFile(of study: SyntheticStudy) throws -> ParsedDICOM {
    try firstFile(of: try #require(study.series.first))
}

/// The first instance of a series.
func firstFile(of series: SyntheticSeries) throws -> ParsedDICOM {
    let instance = try #require(series.instances.first)
    return try ParsedDICOM(instance.bytes())
}

extension ParsedDICOM {
    /// The value of Pixel Data.
    func pixels() throws -> [UInt8] {
        let element = self[0x7FE0_0010]
        return try #require(element).value
    }
}

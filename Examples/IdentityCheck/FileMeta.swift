/// Reads the beginning of a DICOM file up to the identifier of its instance, in pieces of any size.
///
/// A file has 128 bytes that mean nothing, the letters `DICM`, and then the elements of group 0002, always in Explicit VR Little Endian;
/// Media Storage SOP Instance UID (0002,0003) is among the first of them (DICOM PS3.10, section 7.1). At most ``limit`` bytes are kept.
struct FileMeta {
    /// What the beginning says of the file.
    enum Verdict: Equatable {
        /// More of it must be seen.
        case undecided
        /// A DICOM file that holds the instance of this identifier.
        case instance(uid: String)
        /// No DICOM file, or one that does not say what it holds: why not, as the end of a sentence.
        case refused(String)
    }

    /// How much of a file is looked at, in bytes. The identifier ends within the first 400 of a usual one.
    static let limit = 4096

    private(set) var verdict = Verdict.undecided
    private var head: [UInt8] = []

    /// Shows it the next bytes of the file.
    mutating func push(_ bytes: RawSpan) {
        guard verdict == .undecided else { return }
        let room = Self.limit - head.count
        bytes.withUnsafeBytes { head.append(contentsOf: $0.prefix(room)) }
        read()
        if verdict != .undecided { head = [] } else if head.count == Self.limit { refuseUnnamed() }
    }

    /// Tells it that the file has ended.
    mutating func finish() {
        guard verdict == .undecided else { return }
        verdict = .refused("it ends after \(head.count) bytes, before it says which instance it holds")
    }

    private mutating func read() {
        let start = 132
        guard head.count >= start else { return }
        guard head[128..<start].elementsEqual("DICM".utf8) else {
            verdict = .refused("the letters DICM are not at byte 128")
            return
        }
        var offset = start
        while let element = ElementHead(in: head, at: offset) {
            guard element.group == 0x0002 else { return refuseUnnamed() }
            let end = element.valueOffset + element.byteCount
            if element.number == 0x0003 {
                if end <= head.count { verdict = Self.verdict(of: head[element.valueOffset..<end]) }
                return
            }
            offset = end
        }
    }

    private mutating func refuseUnnamed() {
        verdict = .refused("its file meta does not say which instance it holds: (0002,0003) is missing")
    }

    /// Values of odd length have a zero behind them.
    private static func verdict(of value: ArraySlice<UInt8>) -> Verdict {
        let text = value.reversed().drop { $0 == 0 || $0 == UInt8(ascii: " ") }.reversed()
        let isUID = (1...64).contains(text.count) && text.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
        return isUID
            ? .instance(uid: String(decoding: text, as: UTF8.self))
            : .refused("what its file meta has for the instance's identifier (0002,0003), \(value.count) bytes, is no UID")
    }
}

/// Tag and length of an element in Explicit VR Little Endian (DICOM PS3.5, section 7.1.2).
private struct ElementHead {
    let group: UInt16
    let number: UInt16
    let valueOffset: Int
    let byteCount: Int

    /// `nil` when not all of it is there.
    init?(in bytes: [UInt8], at offset: Int) {
        guard offset <= bytes.count - 8 else { return nil }
        func short(_ place: Int) -> UInt16 { UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8 }
        group = short(offset)
        number = short(offset + 2)
        let representation = String(decoding: bytes[offset + 4..<offset + 6], as: UTF8.self)
        guard Self.longForms.contains(representation) else {
            (valueOffset, byteCount) = (offset + 8, Int(short(offset + 6)))
            return
        }
        guard offset <= bytes.count - 12 else { return nil }
        (valueOffset, byteCount) = (offset + 12, Int(short(offset + 8)) | Int(short(offset + 10)) << 16)
    }

    /// Value representations whose length takes four bytes, behind two that are reserved.
    private static let longForms: Set<String> = [
        "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV",
    ]
}

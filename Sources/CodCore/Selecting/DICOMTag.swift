/// The number of a DICOM attribute: `(0010,0020)` is the patient's identifier.
public struct DICOMTag: Hashable, Sendable, CustomStringConvertible {
    /// Group and element: `0x0010_0020`.
    public let number: UInt32

    /// The attribute of a number, known or not.
    public init(_ number: UInt32) {
        self.number = number
    }

    /// Reads a keyword of DICOM's dictionary, such as `PatientID`, in any case, or a number in hex: `00100020`, `0010,0020` or
    /// `(0010,0020)`. Throws `invalidSelection` for anything else, and for keywords that are not among the several hundred that are
    /// known; each attribute can be given by its number.
    public init(parsing text: String) throws(CodError) {
        if let number = DICOMKeywords.number(of: text) ?? Self.number(inHex: text) {
            self.number = number
            return
        }
        let near = DICOMKeywords.near(text)
        let list = near.count > 1 ? "\(near.dropLast().joined(separator: ", ")) or \(near.last ?? "")" : near.first
        throw CodError(
            .invalidSelection, "\"\(text.prefix(80))\" is no DICOM keyword that is known here.",
            recovery: (list.map { "Did you mean \($0)? " } ?? "")
                + "Any attribute can be given by its number, such as 00100020 or 0010,0020 for PatientID.",
            reach: .job)
    }

    /// The keyword, such as `PatientID`; `nil` where it is not known.
    public var keyword: String? { DICOMKeywords.keyword(of: number) }

    /// The keyword where it is known, else the number in hex: `00091010`.
    public var description: String {
        if let keyword { return keyword }
        let digits = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func number(inHex text: String) -> UInt32? {
        var digits = text[...]
        if digits.first == "(", digits.last == ")" { digits = digits.dropFirst().dropLast() }
        let parts = digits.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 1 ? digits.utf8.count == 8 : parts.count == 2 && parts.allSatisfy({ $0.utf8.count == 4 }) else {
            return nil
        }
        return number(inHexDigits: parts.joined())
    }

    /// The number that eight hex digits stand for; `nil` for anything else. It is asked of each attribute of each instance.
    package static func number(inHexDigits text: String) -> UInt32? {
        guard text.utf8.count == 8 else { return nil }
        var number: UInt32 = 0
        for digit in text.utf8 {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            number = number << 4 | UInt32(value)
        }
        return number
    }
}

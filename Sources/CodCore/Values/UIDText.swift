/// What may stand as an identifier of a study, a series or an instance.
///
/// Identifiers become names of folders and files, and come from the network. So one is taken only when it is a text of
/// 1 to 128 characters out of `0-9 A-Z a-z . _ -`, is not made of dots alone, and is none of the names that the output
/// folder keeps for itself (`.cod`, `log.json`).
///
/// What is inlinable here runs several times for every instance, and takes ten times as long when it is not specialised.
public enum UIDText {
    /// The longest identifier that is taken, in characters. DICOM's own end at 64; hashes are longer.
    public static let maximumCount = 128

    /// Whether `text` can stand as an identifier and as the name of a folder or file.
    @inlinable public static func isValid(_ text: some StringProtocol) -> Bool {
        problem(with: text) == nil
    }

    /// What is wrong with `text` as an identifier, as the end of a sentence; `nil` when nothing is.
    @inlinable public static func problem(with text: some StringProtocol) -> String? {
        if text.isEmpty { return "it is empty" }
        if text.utf8.count > maximumCount {
            return "it has \(text.utf8.count) characters; \(maximumCount) are allowed"
        }
        if !text.utf8.allSatisfy(isAllowed) { return "only the characters 0-9 A-Z a-z . _ - are allowed" }
        if text.utf8.allSatisfy({ $0 == UInt8(ascii: ".") }) { return "it names a folder above" }
        if text.utf8.count <= longestReservedCount, reserved.contains(text.lowercased()) {
            return "the output folder keeps that name for itself"
        }
        return nil
    }

    @usableFromInline static let reserved = [".cod", "log.json"]
    @usableFromInline static let longestReservedCount = 8

    @inlinable static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

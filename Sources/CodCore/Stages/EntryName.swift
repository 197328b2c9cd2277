/// The rules for the name of an archive's entry: an instance is `<folders>/<uid>.dcm`, and nothing in it leads elsewhere.
package enum EntryName {
    /// The identifier in a name: its last component without `.dcm`.
    static func uid(of name: String) -> String {
        // Bytes, not characters: this runs for every entry, and takes a tenth of the time so.
        let start = name.utf8.lastIndex(of: UInt8(ascii: "/")).map(name.utf8.index(after:)) ?? name.startIndex
        let last = name.utf8[start...]
        return String(Substring(isInstance(last) ? last.dropLast(suffix.count) : last))
    }

    /// Whether a name ends as the names of instances do.
    static func isInstance(_ name: some BidirectionalCollection<UInt8>) -> Bool {
        name.suffix(suffix.count).elementsEqual(suffix)
    }

    private static let suffix = Array(".dcm".utf8)

    /// Why an entry must not be extracted, whatever it is called: a link, a device, a name that leads elsewhere. `nil` when it may.
    static func danger(in entry: ArchiveEntry) -> String? {
        switch entry.kind {
        case .link: return "\(printable(entry.name)) is a link"
        case .other(let letter):
            return "\(printable(entry.name)) is no regular file (type \(printable(String(UnicodeScalar(letter)))))"
        case .file, .folder: return danger(in: entry.name.utf8).map { "its name \(printable(entry.name)) \($0)" }
        }
    }

    /// All that is looked for is ASCII, which no other character's bytes are taken for.
    private static func danger(in name: String.UTF8View) -> String? {
        if name.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "holds control characters" }
        if name.first == UInt8(ascii: "/") { return "is absolute" }
        if name.contains(UInt8(ascii: "\\")) || name.dropFirst().first == UInt8(ascii: ":") { return "is a Windows path" }
        if name.split(separator: UInt8(ascii: "/")).contains(where: { $0.elementsEqual("..".utf8) }) {
            return "leads out of the folder"
        }
        return nil
    }

    /// Why an entry that the metadata does not list cannot be an instance; `nil` when it can.
    static func problem(withUID uid: String, of entry: ArchiveEntry) -> String? {
        UIDText.problem(with: uid).map { "its name \(printable(entry.name)) holds no identifier: \($0)" }
    }

    /// A name for a message: in quotation marks, control characters as numbers, at most 80 characters of it.
    package static func printable(_ name: String) -> String {
        let characters = name.unicodeScalars.map { scalar in
            scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
        return "\"\(characters.prefix(80).joined())\(characters.count > 80 ? "…" : "")\""
    }
}

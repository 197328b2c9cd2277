/// The rules for the name of an archive's entry: an instance is `<folders>/<uid>.dcm`, and nothing in it leads elsewhere.
package enum EntryName {
    /// The identifier in a name: its last component without `.dcm`.
    static func uid(of name: String) -> String {
        let last = name.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        return String(last.hasSuffix(".dcm") ? last.dropLast(4) : last)
    }

    /// Why an entry must not be extracted, whatever it is called: a link, a device, a name that leads elsewhere. `nil` when it may.
    static func danger(in entry: ArchiveEntry) -> String? {
        let name = printable(entry.name)
        switch entry.kind {
        case .link: return "\(name) is a link"
        case .other(let letter): return "\(name) is no regular file (type \(printable(String(UnicodeScalar(letter)))))"
        case .file, .folder: break
        }
        if entry.name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            return "its name \(name) holds control characters"
        }
        if entry.name.hasPrefix("/") { return "its name \(name) is absolute" }
        if entry.name.contains("\\") || entry.name.dropFirst().first == ":" { return "its name \(name) is a Windows path" }
        if entry.name.split(separator: "/").contains("..") { return "its name \(name) leads out of the folder" }
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

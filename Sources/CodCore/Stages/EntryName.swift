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

    /// Whether a name is what entries of this instance are called but in odd stores. It answers `false` where it does not know; nothing
    /// is copied for it.
    static func isUsual(_ name: String, of instance: PlannedInstance) -> Bool {
        guard instance.entryName == nil else { return false }
        let answer = name.utf8.withContiguousStorageIfAvailable { name in
            instance.uid.utf8.withContiguousStorageIfAvailable { uid in
                let end = name.count - suffix.count
                let start = end - uid.count
                return start > 0 && name[start - 1] == UInt8(ascii: "/") && name[end...].elementsEqual(suffix)
                    && name[start..<end].elementsEqual(uid)
            }
        }
        return (answer ?? nil) ?? false
    }

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
        let traits = Traits(of: name)
        if traits.hasControl { return "holds control characters" }
        if name.first == UInt8(ascii: "/") { return "is absolute" }
        if traits.hasBackslash || name.dropFirst().first == UInt8(ascii: ":") { return "is a Windows path" }
        return traits.leadsUp ? "leads out of the folder" : nil
    }

    /// What there is in a name, found in one pass and without memory of its own: this runs for every entry.
    private struct Traits {
        private(set) var hasControl = false
        private(set) var hasBackslash = false
        /// Whether a component is `..`.
        private(set) var leadsUp = false
        /// How many bytes the last component has, and how many of them are dots.
        private var byteCount = 0
        private var dotCount = 0

        init(of name: String.UTF8View) {
            let done: Void? = name.withContiguousStorageIfAvailable { for byte in $0 { add(byte) } }
            if done == nil { for byte in name { add(byte) } }
            endComponent()
        }

        private mutating func add(_ byte: UInt8) {
            if byte == UInt8(ascii: "/") { return endComponent() }
            byteCount += 1
            switch byte {
            case UInt8(ascii: "."): dotCount += 1
            case UInt8(ascii: "\\"): hasBackslash = true
            case 0..<0x20, 0x7F: hasControl = true
            default: break
            }
        }

        private mutating func endComponent() {
            if byteCount == 2, dotCount == 2 { leadsUp = true }
            (byteCount, dotCount) = (0, 0)
        }
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

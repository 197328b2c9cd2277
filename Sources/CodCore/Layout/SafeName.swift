/// A name of a file or folder that every disk takes and that leads nowhere else, made of whatever a text holds. Pure.
///
/// Separators, control characters, a `-`, `=`, `+` or `@` at the beginning, what Windows forbids and what changes how other text reads become `_`, runs of blanks one blank;
/// blanks and dots at the ends go, an empty one is `unknown`. Names that Windows gives devices, and those that the output folder uses
/// itself, end in `_`. What is too long is cut between characters, with a mark that tells it from others of that beginning.
struct SafeName: Hashable, Sendable {
    /// Is in no name but before a digest.
    static let mark = "~"
    static let absent = "unknown"

    private static let markedByteCount = 9
    private static let devices: Set<String> = {
        var names: Set = ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"]
        for device in ["com", "lpt"] { for digit in "0123456789¹²³" { names.insert("\(device)\(digit)") } }
        return names
    }()

    let text: String

    /// - Parameters:
    ///   - isOutermost: whether it is a folder's in the output folder, which has files of its own.
    ///   - limit: the most bytes.
    init(_ raw: String, isOutermost: Bool, limit: Int) {
        var name = Self.trimmed(raw)
        if name.isEmpty { name = Self.absent }
        // An option to programs, or a formula to a table's.
        if let first = name.unicodeScalars.first, "-=+@".unicodeScalars.contains(first) {
            name = "_" + String(name.unicodeScalars.dropFirst())
        }
        // It would become a part of the slash before it.
        if name.unicodeScalars.first?.properties.isGraphemeExtend ?? false { name = "_" + name }
        name = Self.cut(name, to: limit)
        let stem = name.prefix { $0 != "." }.lowercased()
        let isReserved = Self.devices.contains(Self.trimmed(stem)) || isOutermost && Self.isOutputs(name.lowercased())
        text = isReserved ? "\(name)_" : name
    }

    /// A value as a part of a name: what no name may hold is replaced.
    static func part(_ value: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            if scalar.properties.isWhitespace {
                if scalars.last != " " { scalars.append(" ") }
            } else {
                scalars.append(isAllowed(scalar) ? scalar : "_")
            }
        }
        let text = trimmed(String(scalars))
        return text.isEmpty ? absent : text
    }

    static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "/", "\\", ":", "*", "?", "\"", "<", ">", "|", "~", "^", "{", "}": return false
        // Words of some scripts are written with these.
        case "\u{200C}", "\u{200D}", " ": return true
        default: break
        }
        if scalar.properties.isNoncharacterCodePoint { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .privateUse, .surrogate, .unassigned:
            return false
        default: return true
        }
    }

    /// The beginning of a text's SHA-256, in hex.
    static func digest(of text: String, digitCount: Int) -> String {
        var hash = RunningSHA256()
        hash.update(ByteChunk(text.utf8))
        return String(hash.hexDigest.prefix(digitCount))
    }

    /// Names that stand in an output folder beside those of a layout.
    private static func isOutputs(_ name: String) -> Bool {
        ["log.json", "files.csv", ".cod"].contains(name) || name.hasSuffix(".zip")
    }

    private static func trimmed(_ text: String) -> String {
        let isKept = { (scalar: Unicode.Scalar) in scalar != "." && !scalar.properties.isWhitespace }
        guard let first = text.unicodeScalars.firstIndex(where: isKept), let last = text.unicodeScalars.lastIndex(where: isKept)
        else { return "" }
        return String(text.unicodeScalars[first...last])
    }

    private static func cut(_ name: String, to limit: Int) -> String {
        guard name.utf8.count > limit else { return name }
        var kept = ""
        var byteCount = 0
        for character in name {
            byteCount += character.utf8.count
            if byteCount > limit - markedByteCount { break }
            kept.append(character)
        }
        return "\(trimmed(kept))\(mark)\(digest(of: name, digitCount: 8))"
    }
}

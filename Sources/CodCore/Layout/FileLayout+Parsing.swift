extension FileLayout {
    private static let identifiers: [UInt32: Piece] = [0x0020_000D: .study, 0x0020_000E: .series, 0x0008_0018: .instance]
    private static let longestNumberDigitCount = 12

    /// Reads a preset's name or a template; `nil` for `cod`. Throws `invalidSelection` for what is neither, with what may have been
    /// meant.
    public init?(parsing text: String) throws(CodError) {
        if text == Self.standardName { return nil }
        if let template = Self.presetTemplates[text] {
            self.init(template: template, names: try Self.names(of: template))
            return
        }
        guard text.contains("{") || text.contains("}") else {
            throw Self.invalid(
                "\"\(text.prefix(80))\" is no layout that is known here, and no template: it names no attribute.",
                recovery: "Give \(Self.presets.joined(separator: ", ")), or a template such as {PatientID}/{InstanceNumber}.dcm.")
        }
        self.init(template: text, names: try Self.names(of: text))
    }

    private static func names(of template: String) throws(CodError) -> [[Piece]] {
        guard template.utf8.count <= maximumTemplateByteCount else {
            throw invalid("The template has \(template.utf8.count) bytes; \(maximumTemplateByteCount) are allowed.")
        }
        var text = template[...]
        if text.utf8.count > suffix.utf8.count, text.lowercased().hasSuffix(suffix) { text = text.dropLast(suffix.count) }
        var names: [[Piece]] = [[]]
        while let character = text.first {
            switch character {
            case "{":
                guard let end = text.firstIndex(of: "}") else {
                    throw invalid("In the template a { is not closed: \(text.prefix(40)).", recovery: "Write {Keyword}.")
                }
                names[names.count - 1].append(try piece(text[text.index(after: text.startIndex)..<end]))
                text = text[text.index(after: end)...]
            case "}":
                throw invalid(
                    "In the template a } closes nothing, before \"\(text.dropFirst().prefix(40))\".", recovery: "Write {Keyword}."
                )
            case "/":
                names.append([])
                text = text.dropFirst()
            default:
                let end = text.firstIndex { "{}/".contains($0) } ?? text.endIndex
                names[names.count - 1].append(.text(try literal(text[..<end])))
                text = text[end...]
            }
        }
        for pieces in names { try check(pieces) }
        guard names.count <= maximumDepth else {
            throw invalid("The template has \(names.count) names one below the other; \(maximumDepth) are allowed.")
        }
        return names
    }

    private static func check(_ pieces: [Piece]) throws(CodError) {
        guard case .text(let text)? = pieces.first, pieces.count == 1 else {
            if pieces.isEmpty {
                throw invalid(
                    "A name in the template is empty: it begins or ends with a slash, or has two in a row.",
                    recovery: "Paths begin in the output folder; write folder/{Keyword}.dcm.")
            }
            return
        }
        if text.allSatisfy({ $0 == "." || $0 == " " }) {
            throw invalid("\"\(text)\" in the template names no folder below the output folder.", recovery: "Leave it out.")
        }
    }

    private static func literal(_ text: Substring) throws(CodError) -> String {
        guard let wrong = text.unicodeScalars.first(where: { !SafeName.isAllowed($0) }) else { return String(text) }
        let shown = wrong.properties.isWhitespace || wrong.value < 0x20 || wrong.value == 0x7F ? "" : " \(wrong)"
        throw invalid(
            "The template holds the character\(shown) (U+\(String(wrong.value, radix: 16, uppercase: true))), which not every disk "
                + "takes in a name.", recovery: "Use another one, such as - or _.")
    }

    /// What stands between braces: a keyword or number, and behind a colon how many digits.
    private static func piece(_ text: Substring) throws(CodError) -> Piece {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let tag: DICOMTag
        do { tag = try DICOMTag(parsing: String(parts[0])) } catch {
            throw invalid("In the template, {\(text.prefix(80))}: \(error.message)", recovery: error.recovery)
        }
        var digitCount = 0
        if parts.count == 2 {
            guard let count = Int(parts[1]), (1...longestNumberDigitCount).contains(count) else {
                throw invalid(
                    "In the template, {\(text.prefix(80))}: behind the colon stands how many digits a number has at least, 1 to "
                        + "\(longestNumberDigitCount).", recovery: "Write {InstanceNumber:4}.")
            }
            digitCount = count
        }
        return identifiers[tag.number] ?? .attribute(tag.number, digitCount: digitCount)
    }

    private static func invalid(_ message: String, recovery: String? = nil) -> CodError {
        CodError(.invalidSelection, message, recovery: recovery, reach: .job)
    }
}

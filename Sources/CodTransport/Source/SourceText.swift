import CodCore

/// What a user wrote to name a source, and which of the forms it has. Pure: nothing is looked at.
struct SourceText {
    enum Form: Hashable {
        /// `https://` or `http://`.
        case portalLink
        /// `gs://`.
        case storageAddress
        /// `file://`, or `file:/`.
        case fileAddress
        /// Another scheme.
        case unknown(scheme: String)
        /// No scheme: a path.
        case folder
    }

    let form: Form
    /// What follows the scheme and its slashes; for a folder, all of it as written.
    let rest: String
    /// The text as messages may show it.
    let shown: String

    init(_ text: String) {
        let trimmed = text.trimmingASCIISpace()
        shown = Self.redacted(String(trimmed))
        if let scheme = Self.scheme(of: trimmed) {
            rest = String(trimmed.dropFirst(scheme.count + 3))
            form =
                switch scheme.lowercased() {
                case "https", "http": .portalLink
                case "gs": .storageAddress
                case "file": .fileAddress
                default: .unknown(scheme: scheme)
                }
        } else if trimmed.lowercased().hasPrefix("file:/") {
            (form, rest) = (.fileAddress, String(trimmed.dropFirst(5)))
        } else {
            (form, rest) = (.folder, text)
        }
    }

    /// The path of a folder, whatever it looks like.
    init(folder path: String) {
        (form, rest, shown) = (.folder, path, Self.redacted(path))
    }

    /// An error that shows the text and says what is wrong with it.
    func invalid(_ problem: String, recovery: String? = nil) -> CodError {
        CodError(
            .invalidSource, "The source \(shown) cannot be used: \(problem).",
            recovery: recovery
                ?? "Give a link (https://HOST/BUCKET/PREFIX?token=TOKEN), gs://BUCKET/PREFIX, or a folder that holds \"studies\".",
            reach: .job)
    }

    /// The letters before `://`, when they can be a scheme (RFC 3986, section 3.1).
    private static func scheme(of text: Substring) -> String? {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), text[colon...].hasPrefix("://") else { return nil }
        let scheme = text[..<colon]
        guard let first = scheme.first, first.isASCII, first.isLetter,
            scheme.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) })
        else { return nil }
        return String(scheme)
    }

    /// The text in quotation marks without what may be secret: whatever follows the word token; of a link also its query, its
    /// fragment, and a user's name and password before the host.
    static func redacted(_ text: String) -> String {
        var shown = text[...]
        let lowercased = text.utf8.map { $0 | ($0 >= 0x41 && $0 <= 0x5A ? 0x20 : 0) }
        let marks = ["token=", "token%3d", "ya29."] + (scheme(of: shown) == nil ? [] : ["?", "#", "%3f", "%23"])
        let cuts = marks.compactMap { firstOffset(of: $0, in: lowercased) }
        if let cut = cuts.min() { shown = text[..<text.utf8.index(text.startIndex, offsetBy: cut)] }
        if let slashes = firstOffset(of: "//", in: Array(shown.utf8)) {
            let start = shown.utf8.index(shown.startIndex, offsetBy: slashes + 2)
            let end = shown[start...].firstIndex(of: "/") ?? shown.endIndex
            if let at = shown[start..<end].lastIndex(of: "@") {
                return quoted("\(shown[..<start])…\(shown[at...])\(cuts.isEmpty ? "" : "…")")
            }
        }
        return quoted("\(shown)\(cuts.isEmpty ? "" : "…")")
    }

    private static func firstOffset(of word: String, in text: [UInt8]) -> Int? {
        let word = Array(word.utf8)
        guard text.count >= word.count else { return nil }
        return (0...text.count - word.count).first { text[$0..<$0 + word.count].elementsEqual(word) }
    }
}

extension String {
    /// Without blanks, tabs and line ends around it.
    fileprivate func trimmingASCIISpace() -> Substring {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || (0x09...0x0D).contains(scalar.value) }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }), let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return self[first...last]
    }
}

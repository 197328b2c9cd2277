/// A pattern for texts: `*` stands for any characters, `?` for one, `[a-z]` for one of these and `[!a-z]` for one of the others;
/// `\` takes the next character as it is. All of the text must match, and upper and lower case count as the same.
public struct Glob: Hashable, Sendable, CustomStringConvertible {
    private enum Token: Hashable {
        case character(Character)
        case anyCharacter
        case anyText
        case oneOf([ClosedRange<Character>], isNegated: Bool)
    }

    /// The longest pattern that is taken, in characters.
    static let maximumCount = 1024

    /// The pattern as it was given.
    public let pattern: String
    private let tokens: [Token]

    /// The pattern.
    public var description: String { pattern }

    /// Reads a pattern. Throws `invalidSelection` for one that is empty or longer than 1024 characters, whose bracket is not closed, or
    /// that ends with `\`.
    public init(_ pattern: String) throws(CodError) {
        guard !pattern.isEmpty else {
            throw CodError(.invalidSelection, "A pattern is empty.", recovery: "* stands for any text.", reach: .job)
        }
        guard pattern.count <= Self.maximumCount else {
            throw CodError(
                .invalidSelection, "A pattern has \(pattern.count) characters; \(Self.maximumCount) are possible.", reach: .job)
        }
        self.pattern = pattern
        var reader = Reader(rest: pattern.lowercased()[...], pattern: pattern)
        var tokens: [Token] = []
        while let token = try reader.next() {
            // Two in a row say no more than one.
            if token != .anyText || tokens.last != .anyText { tokens.append(token) }
        }
        self.tokens = tokens
    }

    /// Whether all of a text is what the pattern describes. Takes at most as long as the text and the pattern are, multiplied.
    public func matches(_ text: String) -> Bool {
        let characters = Array(text.lowercased())
        var (position, token) = (0, 0)
        // Where the last `*` stands, and up to where it reaches so far.
        var star: (token: Int, position: Int)?
        while position < characters.count {
            if token < tokens.count, tokens[token] == .anyText {
                star = (token, position)
                token += 1
            } else if token < tokens.count, Self.takes(tokens[token], characters[position]) {
                token += 1
                position += 1
            } else if let last = star {
                star = (last.token, last.position + 1)
                (token, position) = (last.token + 1, last.position + 1)
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { $0 == .anyText }
    }

    private static func takes(_ token: Token, _ character: Character) -> Bool {
        switch token {
        case .character(let wanted): character == wanted
        case .anyCharacter: true
        case .anyText: false
        case .oneOf(let ranges, let isNegated): ranges.contains { $0.contains(character) } != isNegated
        }
    }

    private struct Reader {
        var rest: Substring
        let pattern: String

        mutating func next() throws(CodError) -> Token? {
            guard let character = rest.popFirst() else { return nil }
            switch character {
            case "*": return .anyText
            case "?": return .anyCharacter
            case "[": return try bracket()
            case "\\": return .character(try escaped())
            default: return .character(character)
            }
        }

        private mutating func escaped() throws(CodError) -> Character {
            guard let character = rest.popFirst() else {
                throw invalid("it ends with \\, which takes the next character as it is")
            }
            return character
        }

        /// What follows an opening bracket. A closing one that comes first is one of the characters.
        private mutating func bracket() throws(CodError) -> Token {
            var ranges: [ClosedRange<Character>] = []
            let isNegated = rest.first == "!" || rest.first == "^"
            if isNegated { rest.removeFirst() }
            while let character = rest.popFirst() {
                if character == "]", !ranges.isEmpty { return .oneOf(ranges, isNegated: isNegated) }
                let first = character == "\\" ? try escaped() : character
                var last = first
                if rest.first == "-", rest.dropFirst().first.map({ $0 != "]" }) ?? false {
                    rest.removeFirst()
                    let character = rest.removeFirst()
                    last = character == "\\" ? try escaped() : character
                }
                guard first <= last else { throw invalid("\(first)-\(last) begins behind its end") }
                ranges.append(first...last)
            }
            throw invalid("a bracket [ is not closed")
        }

        private func invalid(_ problem: String) -> CodError {
            CodError(
                .invalidSelection, "\"\(pattern)\" is no pattern: \(problem).",
                recovery: "Put a \\ in front of a character that is meant as it is.", reach: .job)
        }
    }
}

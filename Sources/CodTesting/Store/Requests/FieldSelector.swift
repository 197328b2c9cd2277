/// A `fields` parameter: which parts of an answer are wanted, as in `items(name,size),nextPageToken` or `items/name`.
struct FieldSelector: Hashable, Sendable {
    /// By name; `nil` selects everything.
    private(set) var parts: [String: FieldSelector]?

    static let everything = FieldSelector(parts: nil)

    private init(parts: [String: FieldSelector]?) {
        self.parts = parts
    }

    /// `nil` for what is no selector.
    init?(_ text: String) {
        var reader = Reader(rest: text.utf8.prefix(4_096)[...])
        guard text.utf8.count <= 4_096, let selector = reader.list(depth: 0), reader.rest.isEmpty else { return nil }
        self = selector
    }

    /// What is selected below a name; `nil` when that name is not.
    subscript(name: String) -> FieldSelector? {
        guard let parts else { return .everything }
        return parts[name] ?? parts["*"]
    }

    /// A selected name that `known` does not have; the names after a slash stand below the one before it.
    func unknownName(among known: [String: Set<String>]) -> String? {
        for (name, below) in parts ?? [:] where name != "*" {
            guard let names = known[name] else { return name }
            if let unknown = below.parts?.keys.first(where: { $0 != "*" && !names.contains($0) }) { return unknown }
        }
        return nil
    }

    private mutating func add(_ name: String, _ below: FieldSelector) {
        guard var known = parts?[name] else {
            parts = (parts ?? [:]).merging([name: below]) { $1 }
            return
        }
        if known.parts == nil || below.parts == nil { known = .everything }
        for (name, below) in below.parts ?? [:] where known.parts != nil { known.add(name, below) }
        parts?[name] = known
    }

    private struct Reader {
        var rest: Substring.UTF8View.SubSequence

        mutating func list(depth: Int) -> FieldSelector? {
            var selector = FieldSelector(parts: [:])
            repeat {
                guard depth < 8, let (name, below) = field(depth: depth) else { return nil }
                selector.add(name, below)
            } while skip(",")
            return selector
        }

        private mutating func field(depth: Int) -> (String, FieldSelector)? {
            let name = rest.prefix { Self.isNameByte($0) }
            guard !name.isEmpty, depth < 8 else { return nil }
            rest = rest.dropFirst(name.count)
            let text = String(Substring(name))
            if skip("/") {
                guard let (next, below) = field(depth: depth + 1) else { return nil }
                return (text, FieldSelector(parts: [next: below]))
            }
            guard skip("(") else { return (text, .everything) }
            guard let below = list(depth: depth + 1), skip(")") else { return nil }
            return (text, below)
        }

        private mutating func skip(_ character: UnicodeScalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }

        private static func isNameByte(_ byte: UInt8) -> Bool {
            switch UnicodeScalar(byte) {
            case "a"..."z", "A"..."Z", "0"..."9", "_", "*": true
            default: false
            }
        }
    }
}

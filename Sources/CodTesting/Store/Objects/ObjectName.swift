/// The name of an object: equal and ordered by its UTF-8 bytes, as the service does it, not by Unicode's rules.
struct ObjectName: Hashable, Comparable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (one: Self, other: Self) -> Bool { one.text.utf8.elementsEqual(other.text.utf8) }

    static func < (one: Self, other: Self) -> Bool { one.text.utf8.lexicographicallyPrecedes(other.text.utf8) }

    func hash(into hasher: inout Hasher) {
        hasher.combine(text.utf8.count)
        for byte in text.utf8 { hasher.combine(byte) }
    }

    /// Whether it comes before a place in the order of names.
    func precedes(_ place: [UInt8]) -> Bool { text.utf8.lexicographicallyPrecedes(place) }

    func begins(with prefix: String) -> Bool { text.utf8.starts(with: prefix.utf8) }
}

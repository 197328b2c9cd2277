import CodCore

/// What a ``JSONTokenizer`` finds, in the order of the text.
enum JSONEvent: Hashable {
    case beginObject
    case endObject
    case beginArray
    case endArray
    case key(JSONText)
    case string(JSONText)
    /// A number as it is written.
    case number(JSONText)
    case bool(Bool)
    case null
}

/// A key, a string or a number, as far as somebody wanted it.
struct JSONText: Hashable {
    /// Its first bytes, escapes undone; bytes that are no UTF-8 stand as U+FFFD.
    let text: String
    /// Whether `text` is all of it.
    let isWhole: Bool

    /// All of it; `nil` when it was longer than what was wanted.
    var whole: String? { isWhole ? text : nil }
}

/// Takes the events of a JSON text, and says beforehand which texts it wants: others are passed over and never stored.
protocol JSONHandler {
    /// How many bytes of the text that begins now are wanted at most.
    func wantedByteCount(of kind: JSONTextKind) -> Int

    mutating func handle(_ event: JSONEvent) throws(CodError)
}

enum JSONTextKind {
    case key, string, number
}

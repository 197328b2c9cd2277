import CodCore
import Testing

@testable import CodTransport

@Suite("JSON is read in pieces of any size")
struct JSONTokenizerTests {
    /// Writes down what comes, one word an event.
    struct Recorder: JSONHandler {
        var limit = 100
        var events: [JSONEvent] = []

        func wantedByteCount(of kind: JSONTextKind) -> Int { limit }

        mutating func handle(_ event: JSONEvent) { events.append(event) }
    }

    func read(_ pieces: some Sequence<some Collection<UInt8>>, limit: Int = 100) throws -> [JSONEvent] {
        var tokenizer = JSONTokenizer()
        var recorder = Recorder(limit: limit)
        for piece in pieces {
            let bytes = Array(piece)
            try tokenizer.push(bytes.span.bytes, to: &recorder)
        }
        try tokenizer.finish(to: &recorder)
        return recorder.events
    }

    func read(_ text: String, limit: Int = 100) throws -> [JSONEvent] { try read([Array(text.utf8)], limit: limit) }

    static func text(_ text: String) -> JSONText { JSONText(text: text, isWhole: true) }

    @Test("All kinds of values come out the same however the text is cut")
    func everySplit() throws {
        let json =
            #" {"a\n\u00e4\ud83d\ude00" : [1, -2.5e+3,0,true , false,null,"",[ ],{}], "é😀":"\"\\\/\b\f\n\r\t", "n":-0.1E9} "#
        let expected: [JSONEvent] = [
            .beginObject, .key(Self.text("a\nä😀")), .beginArray, .number(Self.text("1")), .number(Self.text("-2.5e+3")),
            .number(Self.text("0")), .bool(true), .bool(false), .null, .string(Self.text("")), .beginArray, .endArray,
            .beginObject, .endObject, .endArray, .key(Self.text("é😀")), .string(Self.text("\"\\/\u{8}\u{C}\n\r\t")),
            .key(Self.text("n")), .number(Self.text("-0.1E9")), .endObject,
        ]
        for pieces in cuts(of: Array(json.utf8)) { #expect(try read(pieces) == expected) }
    }

    @Test("The end of a run of plain text is found wherever it stands, eight bytes at a time as one at a time")
    func endsOfPlainText() {
        let specials: [UInt8] = [0x00, 0x01, 0x1F, 0x22, 0x5C]
        let plain: [UInt8] = [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7F, 0x80, 0xA2, 0xDC, 0xFF]
        for filler in plain {
            for count in 0..<20 {
                let text = [UInt8](repeating: filler, count: count)
                for start in 0...count { #expect(text.span.bytes.endOfPlainText(from: start) == count) }
                for special in specials {
                    for position in 0..<count {
                        var text = text
                        text[position] = special
                        // What follows may look like it to a comparison of eight bytes at a time.
                        if position + 1 < count { text[position + 1] = special &+ 1 }
                        for start in 0...position { #expect(text.span.bytes.endOfPlainText(from: start) == position) }
                    }
                }
            }
        }
    }

    @Test("A number may be the whole text, and ends with it", arguments: ["0", "-1", "12.5", "1e5", " 7 "])
    func loneNumber(text: String) throws {
        #expect(try read(text) == [.number(Self.text(text.split(separator: " ").joined()))])
    }

    @Test("A byte order mark may stand in front, and nowhere else")
    func byteOrderMark() throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        for pieces in cuts(of: mark + Array("{}".utf8)) { #expect(try read(pieces) == [.beginObject, .endObject]) }
        for bad in [[0xEF] + Array("{}".utf8), [0xEF, 0xBB, 0x20, 0x7B, 0x7D], [0xEF, 0x20, 0x7B, 0x7D], mark + mark + [0x31]] {
            #expect(throws: CodError.self) { try read([bad]) }
        }
        #expect(throws: CodError.self) { try read([Array("{".utf8) + mark + Array("}".utf8)]) }
        #expect(throws: CodError.self) { try read([mark]) }
    }

    @Test("The numbers that Python writes beyond JSON pass")
    func notANumber() throws {
        #expect(try read("[NaN,Infinity,-Infinity]").count == 5)
    }

    @Test(
        "Half of a surrogate pair is replaced", arguments: [#""\ud83d""#, #""\ud83dx""#, #""\ude00""#, #""\ud83d\ud83d\ude00""#])
    func loneSurrogate(text: String) throws {
        guard case .string(let string) = try read(text)[0] else { return #expect(Bool(false)) }
        #expect(string.text.unicodeScalars.first == "\u{FFFD}")
    }

    @Test("Invalid UTF-8 in a string is replaced")
    func invalidUTF8() throws {
        #expect(try read([[0x22, 0xFF, 0x41, 0xC3, 0x22]]) == [.string(Self.text("\u{FFFD}A\u{FFFD}"))])
    }

    @Test("Of a text that is too long only the beginning is kept")
    func longText() throws {
        let long = String(repeating: "x", count: 1000)
        #expect(try read("\"\(long)\"", limit: 3) == [.string(JSONText(text: "xxx", isWhole: false))])
        #expect(try read("[\(String(repeating: "1", count: 1000))]", limit: 0)[1] == .number(JSONText(text: "", isWhole: false)))
    }

    @Test(
        "Whatever breaks the grammar is refused, with the place",
        arguments: [
            "", " ", "{", "[", "\"", "\"\\", "\"\\u12", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "[1,", "[1,]", "{,}",
            "{\"a\":1,}",
            "{1:2}", "{\"a\" 1}", "[1 2]", "{\"a\":1 \"b\":2}", "]", "}", "[}", "{]", "[1}", "{\"a\":1]", "01", "-", "-x", "1.",
            ".5", "1.x",
            "1e", "1e+", "+1", "1a", "tru", "trux", "nul", "Nan", "-Inf", "'a'", "{a:1}", "1 2", "{}x", "{}{}", "[]]", "// x\n{}",
            "\"\\x\"", "\"\\u12g4\"", "\"a\nb\"", "\"\u{0}\"", "\u{0}", "{}\u{0}", "<html>", "[1\u{A0}]", "\u{1F}",
        ])
    func garbage(text: String) {
        let error = #expect(throws: CodError.self) { try read(text) }
        #expect(error?.code == .damagedMetadata)
        #expect(error?.message.contains("byte") == true)
    }

    @Test("Nesting is taken to a depth of 64 and no deeper, however much of it comes")
    func deepNesting() throws {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let inner = open == "[" ? "" : "1"
            let deep = String(repeating: open, count: 64) + inner + String(repeating: close, count: 64)
            #expect(try read(deep).count >= 128)
            #expect(throws: CodError.self) { try read(String(repeating: open, count: 65)) }
        }
        let error = #expect(throws: CodError.self) { try read(String(repeating: "[", count: 100_000)) }
        #expect(error?.message.contains("deeper than 64") == true)
    }

    @Test("Levels close as what they were opened")
    func levels() throws {
        #expect(try read("[{\"a\":[{\"b\":{}}]}]").count == 12)
        #expect(throws: CodError.self) { try read("[{\"a\":[{\"b\":{}]}}]") }
    }
}

import Testing

@testable import CodTesting

@Suite("The store's small parts")
struct StorePartsTests {
    @Test(
        "a percent-encoded text is decoded whole or not at all",
        arguments: [
            ("a%2Fb", "a/b"), ("%C3%A9", "é"), ("a+b", "a+b"), ("%", nil), ("%2", nil), ("%zz", nil), ("%FF", nil), ("", ""),
        ])
    func percentDecoding(text: String, expected: String?) {
        #expect(PercentCoding.decoded(text) == expected)
    }

    @Test("encoding comes back by decoding")
    func percentRoundTrip() {
        let text = String(String.UnicodeScalarView((1...0x2FF).compactMap { UnicodeScalar($0) }))
        #expect(PercentCoding.decoded(PercentCoding.encoded(text)) == text)
        #expect(PercentCoding.encoded("a/b+ ~é\n") == "a%2Fb%2B%20~%C3%A9%0A")
        #expect(PercentCoding.decoded("a+b", plusIsSpace: true) == "a b")
    }

    @Test(
        "base64 follows RFC 4648's vectors",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(text: String, expected: String) {
        #expect(Base64.encoded(text.utf8) == expected)
        let safe = Base64.urlEncoded(text.utf8)
        #expect(safe == expected.filter { $0 != "=" } && Base64.urlDecoded(safe) == Array(text.utf8))
    }

    @Test("base64 for addresses refuses what it never makes", arguments: ["A", "A=", "AB+/", "AB", "AAB", "é"])
    func base64Refusal(text: String) {
        #expect(Base64.urlDecoded(text) == nil)
    }

    @Test(
        "moments are written as the service writes them",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_827_696_789_000, "2000-02-29T12:34:56.789Z", "Tue, 29 Feb 2000 12:34:56 GMT"),
            (4_107_542_399_999_999, "2100-02-28T23:59:59.999Z", "Sun, 28 Feb 2100 23:59:59 GMT"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000Z", "Mon, 01 Mar 2100 00:00:00 GMT"),
            (-1, "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
        ] as [(Int64, String, String)])
    func timestamps(microseconds: Int64, rfc3339: String, httpDate: String) {
        let timestamp = Timestamp(microseconds: microseconds)
        #expect(timestamp.rfc3339 == rfc3339 && timestamp.httpDate == httpDate)
    }

    @Test(
        "a selector reads lists, parts in brackets and paths, and what it selects twice it selects once",
        arguments: [
            ("a", ["a"]), ("a,b", ["a", "b"]), ("a(b,c)", ["a/b", "a/c"]), ("a/b,a/c", ["a/b", "a/c"]),
            ("a(b/c,d(e))", ["a/b/c", "a/d/e"]),
            ("a/b,a", ["a"]), ("a,a/b", ["a"]), ("*", ["*"]), ("a(b),c", ["a/b", "c"]),
        ])
    func selectors(text: String, expected: [String]) throws {
        func paths(_ selector: FieldSelector) -> [String] {
            (selector.parts ?? [:]).flatMap { name, below in below.parts == nil ? [name] : paths(below).map { "\(name)/\($0)" } }
        }
        #expect(try paths(#require(FieldSelector(text))).sorted() == expected)
    }

    @Test(
        "what is no selector is refused",
        arguments: [
            "", ",", "a,", "(a)", "a(", "a()", "a(b", "a)b", "a b", "a//b", String(repeating: "a(", count: 5_000),
            String(repeating: "a/", count: 9) + "a",
        ])
    func badSelectors(text: String) {
        #expect(FieldSelector(text) == nil)
    }

    @Test("JSON is escaped, compact and pretty")
    func json() {
        let value = ReplyJSON.object([("a\"\\\n\u{1}é", .list([.number(1), .list([]), .object([])])), ("b", .text("/<&>"))])
        #expect(value.encoded(isPretty: false) == #"{"a\"\\\n\u0001é":[1,[],{}],"b":"/<&>"}"#)
        #expect(
            value.encoded(isPretty: true)
                == "{\n  \"a\\\"\\\\\\n\\u0001é\": [\n    1,\n    [],\n    {}\n  ],\n  \"b\": \"/<&>\"\n}")
    }

    @Test("the names of two Unicode forms are two names")
    func objectNames() {
        #expect(ObjectName("é") != ObjectName("e\u{301}"))
        #expect(ObjectName("e\u{301}") < ObjectName("é"))
        #expect(Set([ObjectName("é"), ObjectName("e\u{301}")]).count == 2)
    }
}

import CodCore
import NIOHTTP1
import Testing

@testable import CodTransport

@Suite("Heads of answers")
struct AnswerTests {
    @Test(
        "Content-Range is read",
        arguments: [
            ("bytes 0-9/10", ContentRange(bytes: 0..<10, total: 10)), ("bytes 5-9/*", ContentRange(bytes: 5..<10, total: nil)),
            ("BYTES 5-5/10", ContentRange(bytes: 5..<6, total: 10)), ("bytes */10", ContentRange(bytes: nil, total: 10)),
            ("bytes 0--1/0", ContentRange(bytes: 0..<0, total: 0)), ("bytes 10-9/10", ContentRange(bytes: 10..<10, total: 10)),
        ])
    func contentRange(text: String, range: ContentRange) {
        #expect(ContentRange(parsing: text) == range)
    }

    @Test(
        "A Content-Range that makes no sense is none",
        arguments: [
            "", "bytes", "bytes 0-9", "bytes 9-0/10", "bytes 0-10/10", "bytes -1-3/10", "items 0-9/10", "bytes 0-9/10/11",
            "bytes 0-9223372036854775807/*", "bytes 99999999999999999999-/1", "bytes +1-2/3", "bytes 0-9/-10", "bytes 5--1/9",
        ])
    func badContentRange(text: String) {
        #expect(ContentRange(parsing: text) == nil)
    }

    @Test(
        "Dates are read in all three forms of HTTP",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Tue, 29 Feb 2000 23:59:60 GMT", 951_868_800), ("Fri, 01 Mar 2030 00:00:01 GMT", 1_898_553_601),
        ] as [(String, Int64)])
    func dates(text: String, seconds: Int64) {
        #expect(HTTPDate.secondsSince1970(text) == seconds)
    }

    @Test(
        "Retry-After counts in seconds or up to a date, and else not at all",
        arguments: [
            ("2", 2), (" 120 ", 120), ("86400", 86_400), ("99999999999999999999", 1_000_000), ("0", nil), ("-5", nil),
            ("", nil), ("soon", nil), ("1.5", nil), ("+3", nil), ("Sun, 06 Nov 1994 08:50:00 GMT", 23),
            ("Sun, 06 Nov 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 08:00:00 GMT", nil),
            ("Sun, 06 Foo 1994 08:50:00 GMT", nil),
            ("Sun, 06 Nov 9999 08:50:00 GMT", 1_000_000), ("Sun, 99 Nov 1994 08:50:00 GMT", nil),
        ] as [(String, Int?)])
    func retryAfter(text: String, seconds: Int?) {
        let duration = RetryAfter.duration(text, date: "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(duration == seconds.map { .seconds($0) })
    }

    @Test("A date without the server's own to compare it with is no time to wait")
    func retryAfterWithoutDate() {
        #expect(RetryAfter.duration("Sun, 06 Nov 1994 08:50:00 GMT", date: nil) == nil)
        #expect(RetryAfter.duration("Sun, 06 Nov 1994 08:50:00 GMT", date: "today") == nil)
    }

    @Test("A head is read whatever the case of its names")
    func head() {
        let head = AnswerHead(
            status: 206,
            headers: [
                "Content-Range": "bytes 1-2/3", "CONTENT-LENGTH": "2", "X-Goog-Generation": "12",
                "x-goog-stored-content-encoding": "GZIP", "retry-after": "4", "Location": "/x", "content-type": "Text/HTML; a",
            ])
        #expect(head.contentRange == .value(ContentRange(bytes: 1..<3, total: 3)))
        #expect(head.contentByteCount == 2)
        #expect(head.generation == 12)
        #expect(head.isDecompressed)
        #expect(head.retryAfter == .seconds(4))
        #expect(head.isWebPage)
        #expect(AnswerHead(status: 200, headers: ["content-range": "x"]).contentRange == .unreadable("x"))
        #expect(AnswerHead(status: 200, headers: ["content-length": "-1"]).contentByteCount == nil)
    }
}

@Suite("Which bytes an answer holds")
struct RequestedBytesTests {
    private static let wanted = RequestedBytes(start: 10, end: 20, objectByteCount: 100, generation: 7)
    private static let whole = RequestedBytes(start: 0, end: 100, objectByteCount: 100, generation: nil)
    private static let unknown = RequestedBytes(start: 10, end: nil, objectByteCount: nil, generation: nil)

    private static func head(
        _ status: Int, _ range: String? = nil, count: Int64? = nil, generation: Int64? = nil, stored: String? = nil,
        encoding: String? = nil
    ) -> AnswerHead {
        var headers = HTTPHeaders()
        if let range { headers.add(name: "Content-Range", value: range) }
        if let count { headers.add(name: "Content-Length", value: "\(count)") }
        if let generation { headers.add(name: "x-goog-generation", value: "\(generation)") }
        if let stored { headers.add(name: "x-goog-stored-content-encoding", value: stored) }
        if let encoding { headers.add(name: "Content-Encoding", value: encoding) }
        return AnswerHead(status: status, headers: headers)
    }

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let wanted: RequestedBytes
        let head: AnswerHead
        let kind: String
        var skipped: Int64?

        init(_ description: String, _ wanted: RequestedBytes, _ head: AnswerHead, _ kind: String, skipped: Int64? = nil) {
            testDescription = description
            self.wanted = wanted
            self.head = head
            self.kind = kind
            self.skipped = skipped
        }
    }

    static let cases: [Case] = [
        Case("the range asked for", wanted, head(206, "bytes 10-19/100", generation: 7), "accept", skipped: 0),
        Case("the range, said with 200", wanted, head(200, "bytes 10-19/100"), "accept", skipped: 0),
        Case("an earlier start", wanted, head(206, "bytes 4-19/100"), "accept", skipped: 6),
        Case("the whole with its range", wanted, head(200, "bytes 0-99/100"), "accept", skipped: 10),
        Case("the whole, range ignored", wanted, head(200, count: 100), "accept", skipped: 10),
        Case("the whole, no length", wanted, head(200), "accept", skipped: 10),
        Case("an unknown total", wanted, head(206, "bytes 10-19/*"), "accept", skipped: 0),
        Case("a shorter range", wanted, head(206, "bytes 10-12/100"), "accept", skipped: 0),
        Case("a later start", wanted, head(206, "bytes 11-19/100"), "violation"),
        Case("a range before it", wanted, head(206, "bytes 0-9/100"), "violation"),
        Case("an empty range", wanted, head(206, "bytes 10-9/100"), "violation"),
        Case("206 without a range", wanted, head(206), "violation"),
        Case("a range that is none", wanted, head(206, "bytes a-b/c"), "violation"),
        Case("a range without bytes", wanted, head(206, "bytes */100"), "violation"),
        Case("part of it, unsaid which", wanted, head(200, count: 10), "violation"),
        Case("another total", wanted, head(206, "bytes 10-19/101"), "changed"),
        Case("another generation", wanted, head(206, "bytes 10-19/100", generation: 8), "changed"),
        Case("204", wanted, head(204), "violation"),
        Case("416, object ends there", wanted, head(416, "bytes */10"), "changed"),
        Case("416, object shorter", wanted, head(416, "bytes */9"), "changed"),
        Case("416 without a range", wanted, head(416), "changed"),
        Case("decompressed", wanted, head(200, stored: "gzip"), "decompressed"),
        Case("stored compressed", wanted, head(206, "bytes 10-19/100", stored: "gzip", encoding: "gzip"), "accept", skipped: 0),
        Case("compressed on the way", wanted, head(200, stored: "identity", encoding: "gzip"), "violation"),
        Case("whole, shorter length", whole, head(200, count: 50), "accept", skipped: 0),
        Case("whole, no generation asked", whole, head(200, count: 100, generation: 3), "accept", skipped: 0),
        Case("whole, as a range", whole, head(206, "bytes 0-99/100"), "accept", skipped: 0),
        Case("unknown size, rest", unknown, head(206, "bytes 10-30/31"), "accept", skipped: 0),
        Case("unknown size, at its end", unknown, head(416, "bytes */10"), "nothingLeft"),
        Case("unknown size, 416", unknown, head(416), "nothingLeft"),
        Case("unknown size, empty rest", unknown, head(206, "bytes 10-9/10"), "accept", skipped: 0),
        Case("unknown size, shrunk", unknown, head(416, "bytes */4"), "changed"),
    ]

    @Test("Every answer is judged by the bytes it says it holds", arguments: cases)
    func decision(_ test: Case) {
        let (kind, skipped): (String, Int64?) =
            switch test.wanted.decision(on: test.head) {
            case .accept(let count): ("accept", count)
            case .nothingLeft: ("nothingLeft", nil)
            case .decompressed: ("decompressed", nil)
            case .changed: ("changed", nil)
            case .violation: ("violation", nil)
            }
        #expect(kind == test.kind)
        #expect(skipped == test.skipped)
    }

    @Test("A range is asked for unless the whole is")
    func rangeHeaders() {
        #expect(Self.wanted.rangeHeader == "bytes=10-19")
        #expect(Self.whole.rangeHeader == nil)
        #expect(Self.unknown.rangeHeader == "bytes=10-")
        #expect(RequestedBytes(start: 0, end: nil, objectByteCount: nil, generation: nil).rangeHeader == nil)
        #expect(RequestedBytes(start: 0, end: 10, objectByteCount: nil, generation: nil).rangeHeader == "bytes=0-9")
    }

    @Test("A portion's missing bytes are counted from the archive's start; past the end there are none")
    func portions() throws {
        let archive = Archive(
            series: SeriesID(study: "1", series: "2"), url: "u", objectName: "o", byteCount: 100, generation: 7)
        func bytes(_ range: Range<Int64>?, _ offset: Int64) throws -> RequestedBytes? {
            try RequestedBytes(Portion(archive: archive, byteRange: range, instances: []), from: offset)
        }
        #expect(try bytes(10..<20, 3) == RequestedBytes(start: 13, end: 20, objectByteCount: 100, generation: 7))
        #expect(try bytes(nil, 0)?.rangeHeader == nil)
        #expect(try bytes(nil, 40)?.rangeHeader == "bytes=40-99")
        #expect(try bytes(10..<20, 10) == nil)
        #expect(try bytes(5..<5, 0) == nil)
        #expect(throws: CodError.self) { try bytes(10..<20, .max) }
        #expect(throws: CodError.self) { try bytes(10..<20, -1) }
        #expect(throws: CodError.self) { try bytes(-5..<20, 0) }
    }

    @Test("The window cuts the same bytes out of a body, however it is split", arguments: 1...12)
    func window(chunkByteCount: Int) {
        let body = Array(0..<UInt8(30))
        var window = ByteWindow(skippedByteCount: 7, byteCount: 11)
        var cut: [UInt8] = []
        for start in stride(from: 0, to: body.count, by: chunkByteCount) {
            let part = window.cut(ByteChunk(body[start..<min(start + chunkByteCount, body.count)]))
            cut += part.bytes
        }
        #expect(cut == Array(7..<18))
        #expect(window.isFull)
    }

    @Test("Without an end the window passes on all that follows")
    func openWindow() {
        var window = ByteWindow(skippedByteCount: 2, byteCount: nil)
        #expect(window.cut(ByteChunk([1, 2, 3])).count == 1)
        #expect(window.cut(ByteChunk([4, 5])).count == 2)
        #expect(!window.isFull)
    }
}

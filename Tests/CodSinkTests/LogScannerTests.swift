import CodCore
import Testing

@testable import CodSink

@Suite("Reading log.json, whatever it holds")
struct LogScannerTests {
    struct Reading: Equatable {
        var entries: [String] = []
        var problem: String?
        var refusedCount = 0
    }

    private static func read(_ chunks: [ArraySlice<UInt8>]) -> Reading {
        var scanner = LogScanner()
        var reading = Reading()
        for chunk in chunks {
            scanner.push(ByteChunk(chunk)) { entry in
                switch entry {
                case .instance(let uid, let series): reading.entries.append("\(series)/\(uid)")
                case .archive(let series): reading.entries.append("\(series)")
                }
            }
        }
        scanner.finish()
        reading.problem = scanner.problem
        reading.refusedCount = scanner.refusedCount
        return reading
    }

    private static func read(_ text: String) -> Reading { read([Array(text.utf8)[...]]) }

    @Test(
        "Entries are read",
        arguments: [
            #"{"logs":["1/2/3","1/2/4"]}"#, "{\n  \"logs\" : [\n \"1/2/3\" ,\t\"1/2/4\"\r\n]\n}\n",
            #"{"logs":["1\/2\/3","1\/2\/4"]}"#, #"{"logs":["\u0031/2/3","1\u002f2\u002F4"]}"#,
            #"{"version":{"logs":["9/9/9"]},"a":[["8/8/8"]],"logs":["1/2/3","1/2/4"],"b":null}"#,
            #"{"x":"logs","logs":["1/2/3","1/2/4"],"y":["7/7/7"]}"#, "\u{FEFF}{\"logs\":[\"1/2/3\",\"1/2/4\"]}",
            #"{"logs":["1/2/3"],"logs":["1/2/4"]}"#,
        ])
    func reads(_ text: String) {
        #expect(Self.read(text) == Reading(entries: ["1/2/3", "1/2/4"]))
    }

    @Test("An entry without an instance is one of a series")
    func archive() {
        #expect(Self.read(#"{"logs":["1/2"]}"#) == Reading(entries: ["1/2"]))
    }

    @Test(
        "Members that name no instance are passed over",
        arguments: [
            #""../../x""#, #""1/2/..""#, #""1/../3""#, #""/1/2/3""#, #""1/2/3/""#, #""1/2/3/4""#, #""1""#, #""""#, #""1//3""#,
            "7",
            "null", "-1.5e3", "true", #"{"a":["1/2/9"]}"#, #"["1/2/9"]"#, #""1\\2\\3""#, #""1/2/\n3""#, #""1/2/\u00e4""#,
            #""1/2/\u000a""#, #""1/2/\ud83d""#, #""1/2/\u12""#, #""1/2/\x""#, #"".cod/2/3""#, #""1/2/log.json""#, "\"1/2/ä\"",
            "\"1/2/\(String(repeating: "3", count: 129))\"", "\"\(String(repeating: "1/2/3", count: 10_000))\"",
        ])
    func refuses(_ member: String) {
        let expected = Reading(entries: ["1/2/3", "1/2/4"], refusedCount: 1)
        #expect(Self.read("{\"logs\":[\"1/2/3\",\(member),\"1/2/4\"]}") == expected)
    }

    @Test(
        "What is no log has a problem, and no entries",
        arguments: [
            ("", "is empty"), ("{}", "has no list named \"logs\""), ("[]", "is no JSON object"), ("garbage", "is no JSON object"),
            (#"{"logs":{}}"#, "has no list named \"logs\""), (#"{"logs":"1/2/3"}"#, "has no list named \"logs\""),
            (#"{"logs":7}"#, "has no list named \"logs\""), (#"{"log":["1/2/3"]}"#, "has no list named \"logs\""),
            (#"["logs",["1/2/3"]]"#, "is no JSON object"), ("}", "is no JSON object"), ("\0\0\0\0", "is no JSON object"),
            (#"{"logs""#, "ends early"), (#"{"logs":["#, "ends early"), (#"{"logs":["1/2/3"#, "ends early"),
            (#"{"a":{"logs":["1/2/3"]}}"#, "has no list named \"logs\""), ("   ", "has no list named \"logs\""),
        ])
    func problems(_ text: String, _ problem: String) {
        #expect(Self.read(text) == Reading(problem: problem))
    }

    @Test(
        "What could be read before the problem is there",
        arguments: [
            #"{"logs":["1/2/3","1/2"#, #"{"logs":["1/2/3"]"#, #"{"logs":["1/2/3"]}}"#, #"{"logs":["1/2/3"]}{"logs":["1/2/4"]}"#,
            #"{"logs":["1/2/3"]}x"#,
        ])
    func partial(_ text: String) {
        let reading = Self.read(text)
        #expect(reading.entries == ["1/2/3"])
        #expect(reading.problem != nil)
    }

    @Test("Nesting of any depth is only counted")
    func deep() {
        let depth = 100_000
        let text = "{\"a\":\(String(repeating: "[", count: depth))\(String(repeating: "]", count: depth)),\"logs\":[\"1/2/3\"]}"
        #expect(Self.read(text) == Reading(entries: ["1/2/3"]))
    }

    private static let sample = #"{"a":[{"logs":["x"]}],"lo\u0067s" : ["1/2/3", 7, "1\/2\/4", "\u0031/2", "../x"]} "#
    private static let sampleReading = Reading(entries: ["1/2/3", "1/2/4", "1/2"], refusedCount: 2)

    @Test("Entries come out the same wherever the bytes are cut", arguments: 0...sample.utf8.count)
    func everySplit(_ position: Int) {
        let bytes = Array(Self.sample.utf8)
        #expect(Self.read([bytes[..<position], bytes[position...]]) == Self.sampleReading)
    }

    @Test("Entries come out the same byte by byte")
    func byteByByte() {
        let bytes = Array(Self.sample.utf8)
        #expect(Self.read(bytes.indices.map { bytes[$0...$0] }) == Self.sampleReading)
    }

    @Test("Bytes of any kind neither crash it nor make it invent entries", arguments: 0..<200)
    func fuzz(_ seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var bytes = Array(Self.sample.utf8)
        for _ in 0..<random(20) { bytes[random(bytes.count)] = Array("{}[]\",:\\u0a\0\u{7F}".utf8)[random(13)] }
        for entry in Self.read([bytes[...]]).entries { #expect(LogEntry(entry) != nil) }
    }
}

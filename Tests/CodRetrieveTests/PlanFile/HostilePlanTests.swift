import CodCore
import Foundation
import Testing

@testable import CodRetrieve
@testable import CodTransport

@Suite("Nothing in a plan's file is trusted")
struct HostilePlanTests {
    /// Reads a small plan in which a text is replaced, and answers why it cannot be used.
    private func problem(_ old: String, _ new: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> CodError? {
        var chosen = PlanExample.series("1.2.3", instanceCount: 3) { $0 < 2 }
        chosen.instances[0].entryName = "x.dcm"
        let plan = RetrievalPlan(studies: [
            StudyPlan(uid: "1.2", series: [chosen, PlanExample.series("1.2.4", instanceCount: 3, byteCount: 70 << 20)])
        ])
        let text = try PlanExample.lines(of: plan).joined(separator: "\n")
        #expect(throws: Never.self) { try PlanExample.read(text) }
        #expect(text.contains(old), "\(old) is not in \(text)", sourceLocation: sourceLocation)
        guard let range = text.range(of: old) else { return nil }
        return #expect(throws: CodError.self, sourceLocation: sourceLocation) {
            try PlanExample.read(text.replacingCharacters(in: range, with: new))
        }
    }

    @Test(
        "Each is an error that names its line and what is wrong",
        arguments: [
            (#""schema":1"#, #""schema":2"#, 1, "schema is 2"), (#""schema":1"#, #""schema":"1""#, 1, "\"schema\""),
            (#""source":"gs://b/p","#, "", 1, "\"source\""), (#""line":"header""#, #""line":"study""#, 1, "\"study\""),
            (#""line":"study""#, #""line":"other""#, 2, "none of the kinds"), (#""line":"study""#, #""x":1"#, 2, "\"line\""),
            (#""study":"1.2""#, #""study":"../x""#, 2, "no identifier of a study"),
            (#""study":"1.2""#, #""study":".cod""#, 2, "no identifier of a study"),
            (#""series":"1.2.3""#, #""series":"..""#, 3, "no identifier of a series"),
            (#""series":"1.2.3""#, #""series":"1.2.4""#, 3, "and that of the series is"),
            (#""object":"p/studies"#, #""object":"../p/studies"#, 3, "its archive is"),
            (#""object":"p/studies"#, #""object":"q/studies"#, 3, "its archive is"),
            (#""byteCount":5632"#, #""byteCount":-1"#, 3, "-1 bytes"),
            (#""byteCount":5632"#, #""byteCount":9223372036854775807"#, 3, "no object has"),
            (#""byteCount":5632"#, #""byteCount":99999999999999999999"#, 3, "a number that cannot"),
            (#""byteCount":5632"#, #""byteCount":1.5"#, 3, "a number that cannot"),
            (#""byteCount":5632"#, #""byteCount":1000"#, 4, "no part of an archive of 1000 bytes"),
            (#""state":"retrievable""#, #""state":"empty""#, 4, "no archive"),
            (#""state":"retrievable""#, #""state":"failed""#, 3, "failure"),
            (#""state":"retrievable""#, #""state":"odd""#, 3, "state"),
            (#""crc32c":"AAAACQ==""#, #""crc32c":"AAAACQ""#, 3, "base64"),
            (#""size":1000"#, #""size":-1"#, 4, "-1 bytes"),
            (#""size":1000"#, #""size":9999999999999"#, 4, "bytes, which none has"),
            (#""size":1000"#, #""size":3000"#, 4, "outside of its portion"), (#""size":1000,"#, "", 4, "no place"),
            (#""offset":512"#, #""offset":9223372036854775807"#, 4, "no archive has"),
            (#""offset":512"#, #""offset":-512"#, 4, "no archive has"), (#""offset":512,"#, "", 4, "no place"),
            (#""uid":"1.2.3.0""#, #""uid":"../../etc""#, 4, "no instance"),
            (#""uid":"1.2.3.0""#, #""uid":"1.2.3.1""#, 4, "twice"),
            (#""uid":"1.2.3.0""#, #""uid":"\#(String(repeating: "1", count: 200))""#, 4, "128 are allowed"),
            (#""uid":"1.2.3.0""#, #""uid":"a\u001b[31m""#, 4, "no instance"),
            (#""start":0"#, #""start":-1"#, 4, "no part"), (#""start":0"#, #""start":4000"#, 4, "no part"),
            (#","start":0"#, "", 4, "one end of a range"), (#""start":0"#, #""start":0,"isContinued":true"#, 4, "the one before"),
            (#""uid":"1.2.3.2""#, #""uid":"1.2.3.0""#, 5, "twice"),
            (#""start":73400832"#, #""start":7340083"#, 8, "where the portion before it ends"),
            (#""instances":[{"crc32c":"AAAAAQ==""#, #""instances":[],"x":[{"crc32c":"AAAAAQ==""#, 8, "without instances"),
            (#""instanceCount":5"#, #""instanceCount":6"#, 10, "6 instances of"),
        ] as [(String, String, Int, String)])
    func values(old: String, new: String, line: Int, words: String) throws {
        let error = try problem(old, new)
        let message = error?.message ?? ""
        #expect(
            message.hasPrefix("Line \(line) of the plan \"plan.jsonl\"") && message.contains(words), Comment(rawValue: message))
        #expect(error?.code == .invalidSource && error?.reach == .job && error?.recovery != nil)
        #expect(!message.contains("\u{1B}"))
    }

    @Test(
        "Texts that are no plan are told as such",
        arguments: ["{}", "[]", "null", "x", "[[[[", "\u{0}", "{\"line\":\"end\"}", "{\"line\":\"study\",\"study\":\"1\"}"])
    func noPlan(text: String) {
        let error = #expect(throws: CodError.self) { try PlanExample.read(text + "\n") }
        #expect(error?.code == .invalidSource, "\(error as Any)")
    }

    @Test("A line without an end, and nesting without an end, are no way to memory or the stack")
    func endless() {
        var reader = PlanReader(name: "-") { _ in PlanExample.place }
        let error = #expect(throws: CodError.self) {
            for _ in 0..<100 { try reader.push(ByteChunk(repeatElement(UInt8(ascii: "["), count: 1 << 16))) }
        }
        #expect(error?.message.contains("more than 4194304 bytes") == true)
        #expect(throws: CodError.self) { try PlanExample.read(String(repeating: "[", count: 1 << 20) + "\n") }
    }

    @Test("Any byte of a plan changed: it is refused, or read as a plan; never more than that", arguments: 0..<8)
    func flips(seed: Int) throws {
        let plan = RetrievalPlan(studies: [
            StudyPlan(uid: "1.2", series: [PlanExample.series("1.2.3", instanceCount: 3) { $0 < 2 }])
        ])
        let bytes = Array(try PlanExample.lines(of: plan).joined(separator: "\n").utf8)
        for position in stride(from: seed, to: bytes.count, by: 8) {
            var damaged = bytes
            damaged[position] ^= UInt8(1 << (position / 8 % 8))
            do {
                for series in try PlanExample.read(damaged).series {
                    _ = Planner().portions(of: series)
                    #expect(UIDText.isValid(series.id.series) || series.failure != nil)
                }
            } catch is CodError {}
        }
    }

    @Test("A store that cannot be located ends the reading with its own error")
    func locating() {
        var reader = PlanReader(name: "p") { _ in throw CodError(.invalidSource, "Not there.") }
        let error = #expect(throws: CodError.self) { try reader.push(ByteChunk((PlanFileTests.lines[0] + "\n").utf8)) }
        #expect(error?.message == "Not there.")
    }

    @Test("A failure of an unknown kind is still a failure, and none reaches further than its series or study")
    func failures() throws {
        let text = PlanFileTests.lines.joined(separator: "\n").replacingOccurrences(of: "missingMetadata", with: "newKind")
            .replacingOccurrences(of: "studyNotFound", with: "cancelled")
        let plan = try PlanExample.read(text)
        let failures = plan.studies.compactMap(\.failure) + plan.series.compactMap(\.failure)
        #expect(failures.count == 3 && failures.allSatisfy { $0.reach < .job } && failures.contains { $0.code == .requestFailed })
    }
}

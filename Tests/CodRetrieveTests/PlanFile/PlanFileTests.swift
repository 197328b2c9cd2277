import CodCore
import Foundation
import Testing

@testable import CodRetrieve
@testable import CodTransport

@Suite("A plan in a file is the plan that it was made of")
struct PlanFileTests {
    static let lines = (try? PlanExample.lines()) ?? []

    @Test("What is written is read again, in whatever pieces it comes", arguments: [1, 2, 7, 511, 4096, .max])
    func roundTrip(pieces: Int) throws {
        let text = Self.lines.joined(separator: "\n") + "\n"
        // Byte by byte it is long: the header and the small series are enough.
        let plan =
            pieces < 100
            ? RetrievalPlan(studies: [StudyPlan(uid: "1.2", series: [PlanExample.series("1.2.3", instanceCount: 3)])])
            : PlanExample.plan
        let file = pieces < 100 ? try PlanExample.lines(of: plan).joined(separator: "\n") + "\n" : text
        #expect(try PlanExample.content(PlanExample.read(file, pieces: pieces)) == PlanExample.content(plan))
    }

    @Test("The same plan gives the same lines, without a time, of bounded length and count of instances")
    func lines() throws {
        #expect(try PlanExample.lines() == Self.lines)
        #expect(Self.lines.allSatisfy { $0.utf8.count < 300_000 && !$0.contains("\n") })
        let portions = Self.lines.filter { $0.contains(#""line":"portion""#) }
        // 1001 instances; 2 without places; two stretches of a selection, more than 1 MiB apart; three parts of 70 MiB.
        #expect(portions.count == 2 + 1 + 2 + 3)
        #expect(portions.count { $0.contains(#""isContinued":true"#) } == 1)
        #expect(
            Self.lines.last
                == #"{"byteCount":221208960,"instanceCount":1012,"line":"end","otherCount":697,"portionCount":7,"seriesCount":7,"studyCount":3}"#
        )
    }

    @Test("Long names make short lines: no line grows with its instances' names")
    func longNames() throws {
        var series = PlanExample.series("1.2.3", instanceCount: 900)
        for position in series.instances.indices {
            series.instances[position].entryName = String(repeating: "\u{1}", count: 2000) + "/\(position).dcm"
        }
        let plan = RetrievalPlan(studies: [StudyPlan(uid: "1.2", series: [series])])
        let lines = try PlanExample.lines(of: plan)
        #expect(lines.count > 8 && lines.allSatisfy { $0.utf8.count < PlanLimits.lineByteCount })
        #expect(try PlanExample.content(PlanExample.read(lines.joined(separator: "\n"))) == PlanExample.content(plan))
    }

    @Test("A file that was cut off is refused, wherever that was")
    func cut() throws {
        for count in 0..<Self.lines.count {
            let text = Self.lines.prefix(count).joined(separator: "\n") + ["", "\n", "\n{\"line\":\"por"][count % 3]
            let error = #expect(throws: CodError.self) { try PlanExample.read(text) }
            #expect(error?.code == .invalidSource && error?.recovery != nil)
            #expect(["cut off", "is empty"].contains { error?.message.contains($0) == true }, "\(error as Any)")
        }
        let plan = RetrievalPlan(studies: [StudyPlan(uid: "1.2", series: [PlanExample.series("1.2.3", instanceCount: 2)])])
        let bytes = Array(try PlanExample.lines(of: plan).joined(separator: "\n").utf8)
        for count in bytes.indices {
            let error = #expect(throws: CodError.self) { try PlanExample.read(Array(bytes.prefix(count))) }
            #expect(error?.message.contains(count == 0 ? "is empty" : "cut off") == true, "\(error as Any)")
        }
        #expect(try PlanExample.content(PlanExample.read(bytes)) == PlanExample.content(plan))
    }

    @Test("Lost, doubled and swapped lines are noticed")
    func mixedUp() throws {
        for position in 1..<(Self.lines.count - 1) {
            var lost = Self.lines
            lost.remove(at: position)
            #expect(throws: CodError.self, "line \(position + 1) lost") { try PlanExample.read(lost.joined(separator: "\n")) }
            var doubled = Self.lines
            doubled.insert(doubled[position], at: position)
            #expect(throws: CodError.self, "line \(position + 1) twice") { try PlanExample.read(doubled.joined(separator: "\n")) }
        }
        #expect(throws: CodError.self) { try PlanExample.read((Self.lines + Self.lines).joined(separator: "\n")) }
        #expect(throws: CodError.self) { try PlanExample.read(Self.lines.reversed().joined(separator: "\n")) }
    }

    @Test("Nothing that may be a secret is written: no query of an address, and no token of a source")
    func secrets() throws {
        var series = PlanExample.series("1.2.3", instanceCount: 1)
        series.instances[0].uri = "https://h/x?X-Goog-Signature=canary"
        series = SeriesPlan(
            id: series.id, state: series.state, instances: series.instances, archiveURI: "https://user:canary@h/1.2.3.tar")
        let plan = RetrievalPlan(studies: [StudyPlan(uid: "1.2", series: [series])])
        #expect(try !PlanExample.lines(of: plan).joined().contains("canary"))
        let source = try Source("https://portal.example/bucket/prefix?token=canary")
        let place = try StoreAccess(source, options: GCSOptions()).place()
        #expect(place.source == "gs://bucket/prefix/dicomweb" && place.endpoint == "https://storage.googleapis.com")
    }

    @Test("A store's name leads to the same store", arguments: ["gs://b", "gs://b/p/q", "gs://b/p%20 é", "gs://b//p"])
    func sources(text: String) throws {
        let place = try StoreAccess(Source(text), options: GCSOptions()).place()
        let again = try StoreAccess(Source(place.source), options: GCSOptions()).place()
        let id = SeriesID(study: "1", series: "2")
        #expect(place.source == text && again.archiveName(of: id) == place.archiveName(of: id))
        #expect(again.url(of: "x") == place.url(of: "x"))
    }
}

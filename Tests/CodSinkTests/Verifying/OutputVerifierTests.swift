import CodCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import CodSink

#if canImport(Glibc)
    import Glibc
#endif

@Suite("Verifying what was saved")
struct OutputVerifierTests {
    let saved: SavedFolder

    init() throws {
        saved = try SavedFolder()
    }

    @Test("What is as it was saved is whole, and nothing is changed", arguments: [1, 2, 7])
    func whole(laneCount: Int) async throws {
        try await saved.save(["7": "0123456789", "8": "", "9": "abc"])
        try await saved.save(["7": "0123456789"], of: SeriesID(study: "1.2.3", series: "other"))
        try await saved.save(["a": "x"], of: SeriesID(study: "2.2", series: "4.5.6"))
        let before = saved.folder.everything
        let records = saved.records()
        let (report, findings, _) = try await saved.verify(laneCount: laneCount)
        #expect(findings == [] && report.isWhole)
        #expect(report.instanceCount == 5 && report.verifiedCount == 5 && report.byteCount == 24 && report.sizeOnlyCount == 0)
        #expect(saved.folder.everything == before && saved.records() == records)
    }

    @Test("Missing, cut short, grown, changed: each is named, with what was saved and what is there, and noted")
    func damage() async throws {
        try await saved.save(["gone": "12345", "short": "12345", "long": "12345", "flipped": "12345", "well": "12345"])
        try FileManager.default.removeItem(atPath: saved.folder["out/\(saved.file("gone"))"])
        try saved.put("1234", at: saved.file("short"))
        try saved.put("123456", at: saved.file("long"))
        try saved.put("12346", at: saved.file("flipped"))
        let (report, findings, all) = try await saved.verify()
        #expect(
            findings == [
                "damaged \(saved.file("flipped"))", "damaged \(saved.file("long"))", "damaged \(saved.file("short"))",
                "missing \(saved.file("gone"))",
            ])
        #expect(report[.damaged] == 3 && report[.missing] == 1 && report.failedCount == 4 && !report.isWhole)
        #expect(report.instanceCount == 5 && report.verifiedCount == 1)
        let flipped = try #require(all.first { $0.instance == "flipped" })
        #expect(flipped.study == "1.2.3" && flipped.series == "4.5.6" && flipped.recovery?.contains("Download") == true)
        #expect(flipped.expected == .init(size: 5, checksum: checksum(of: "12345")))
        #expect(flipped.found == .init(size: 5, checksum: checksum(of: "12346")))
        #expect(flipped.message.contains("\(checksum(of: "12345"))") && flipped.message.contains("\(checksum(of: "12346"))"))
        let short = try #require(all.first { $0.instance == "short" })
        #expect(short.message.contains("4 bytes") && short.message.contains("5 bytes") && short.found?.size == 4)
        for uid in ["flipped", "long", "short"] {
            #expect(saved.records().contains("\n\(uid) 5 \(checksum(of: "12345")) damaged\n"))
        }
        // Once is enough.
        let records = saved.records()
        #expect(try await saved.verify().findings == findings)
        #expect(saved.records() == records)
    }

    @Test("What was damaged does not count as saved, whatever its size; saved again, it is whole")
    func mending() async throws {
        try await saved.save(["7": "12345", "8": "12345"])
        try saved.put("12346", at: saved.file("7"))
        let sink = DirectorySink(at: saved.path)
        let wanted = plan([planned("7", 5, checksum: checksum(of: "12345")), planned("8", nil), planned("7", nil)])
        #expect(try await sink.inventory(of: wanted).map(\.instance.uid) == ["7", "8", "7"])
        _ = try await saved.verify()
        #expect(try await sink.inventory(of: wanted).map(\.instance.uid) == ["8"])
        try await saved.save(["7": "12345"])
        #expect(try await sink.inventory(of: wanted).map(\.instance.uid) == ["7", "8", "7"])
        #expect(try await saved.verify().report.isWhole)
    }

    @Test("A damaged file that somebody has put right again is whole, and counts as saved")
    func restored() async throws {
        try await saved.save(["7": "12345"])
        try saved.put("12346", at: saved.file("7"))
        #expect(try await saved.verify().findings.count == 1)
        try saved.put("12345", at: saved.file("7"))
        #expect(try await saved.verify().report.isWhole)
        let wanted = plan([planned("7", 5, checksum: checksum(of: "12345"))])
        #expect(try await DirectorySink(at: saved.path).inventory(of: wanted).map(\.isVerified) == [true])
    }

    @Test("What a download has saved anew in the meantime is held against its new record, and not called damaged")
    func savedMeanwhile() async throws {
        try await saved.save(["7": "old", "8": "old"])
        let root = try OpenFile.folder(at: saved.path)
        let folder = try #require(try root.instancesFolder(of: series))
        var batch = CheckBatch(series: series, folder: folder)
        for uid in ["7", "8"] {
            let record = try #require(SeriesRecords(of: series, in: root)[instance: uid])
            batch.add(InstanceCheck(record: record, name: OutputLayout.fileName(of: uid), byteCount: 3))
        }
        try await saved.save(["7": "anew"])
        let outcome = batch.run(in: root, meter: VerificationMeter())
        #expect(outcome.findings == [] && outcome.verifiedCount == 2)
        #expect(!saved.records().contains("damaged"))
    }

    @Test("Instances that were saved without a checksum are held against their sizes, and counted")
    func withoutChecksum() async throws {
        try await saved.save(["7": "12345", "8": "12345"], withChecksums: false)
        try await saved.save(["9": "12345"])
        #expect(saved.records().contains("7 5 - "))
        try saved.put("54321", at: saved.file("7"))
        var (report, findings, _) = try await saved.verify()
        #expect(findings == [] && report.isWhole && report.sizeOnlyCount == 2 && report.verifiedCount == 1)
        #expect(report.unverifiedCount == 2)
        #expect(report.byteCount == 5)
        try saved.put("1234", at: saved.file("8"))
        (report, findings, _) = try await saved.verify()
        #expect(findings == ["damaged \(saved.file("8"))"] && report.sizeOnlyCount == 1)
    }

    @Test("What no record is of is unrecorded; what is none of the layout is unknown, and no failure")
    func strays() async throws {
        try await saved.save(["7": "12345"])
        for name in ["1.2.3.zip", "log.json", ".cod/whatever", "empty/"] {
            if name.hasSuffix("/") { try saved.folder.makeFolder("out/\(name)") } else { try saved.put("{}", at: name) }
        }
        var (report, findings, _) = try await saved.verify()
        #expect(findings == [] && report.isWhole)
        try saved.folder.makeFolder("out/1.2.3/emptied/instances")
        for name in [
            "notes", "a b.zip", "photos/1.jpg", "1.2.3/SHA256SUMS", "1.2.3/4.5.6/x.dcm", "1.2.3/4.5.6/instances/7.dcm.partial",
            "1.2.3/4.5.6/instances/a b.dcm", "1.2.3/4.5.6/instances/line\nbreak", "1.2.3/4.5.6/instances/sub/7.dcm",
        ] {
            try saved.put("x", at: name)
        }
        try saved.folder.makeLink("out/1.2.3/4.5.6/instances/link.dcm", to: saved.folder["out/log.json"])
        let unknown = [
            "1.2.3/4.5.6/instances/7.dcm.partial", "1.2.3/4.5.6/instances/a b.dcm", "1.2.3/4.5.6/instances/line\nbreak",
            "1.2.3/4.5.6/instances/link.dcm", "1.2.3/4.5.6/instances/sub", "1.2.3/4.5.6/x.dcm", "1.2.3/SHA256SUMS", "a b.zip",
            "notes", "photos",
        ]
        (report, findings, _) = try await saved.verify()
        #expect(findings == unknown.map { "unknown \($0)" } && report.isWhole && report[.unknown] == 10)
        try saved.put("x", at: saved.file("alien"))
        (report, findings, _) = try await saved.verify()
        #expect(findings.filter { $0.hasPrefix("unrecorded") } == ["unrecorded \(saved.file("alien"))"])
        #expect(report.failedCount == 1 && !report.isWhole)
    }

    @Test("Without .cod all instances are unrecorded; without the files they are all missing")
    func oneSided() async throws {
        try await saved.save(["7": "12345", "8": "12345"])
        try FileManager.default.moveItem(atPath: saved.folder["out/.cod"], toPath: saved.folder["kept"])
        #expect(try await saved.verify().findings == ["unrecorded \(saved.file("7"))", "unrecorded \(saved.file("8"))"])
        try FileManager.default.removeItem(atPath: saved.folder["out/1.2.3"])
        try FileManager.default.moveItem(atPath: saved.folder["kept"], toPath: saved.folder["out/.cod"])
        #expect(try await saved.verify().findings == ["missing \(saved.file("7"))", "missing \(saved.file("8"))"])
    }

    @Test(
        "Planted links are never followed: what is behind one is missing or unknown", arguments: ["1.2.3", "1.2.3/4.5.6", "file"])
    func links(_ place: String) async throws {
        try await saved.save(["7": "12345"])
        let path = place == "file" ? saved.file("7") : place
        try FileManager.default.moveItem(atPath: saved.folder["out/\(path)"], toPath: saved.folder["elsewhere"])
        try saved.folder.makeLink("out/\(path)", to: saved.folder["elsewhere"])
        let (_, findings, all) = try await saved.verify()
        let missing = "missing \(saved.file("7"))"
        #expect(findings == (place == "file" ? [missing] : [missing, "unknown \(path)"]))
        if place == "file" { #expect(all.first?.message.contains("link") == true) }
        #expect(!saved.records().contains("damaged"))
    }

    @Test("A folder or a pipe in an instance's place is named, and holds nothing up")
    func otherKinds() async throws {
        try await saved.save(["7": "12345", "8": "12345"])
        for uid in ["7", "8"] { try FileManager.default.removeItem(atPath: saved.folder["out/\(saved.file(uid))"]) }
        try saved.folder.makeFolder("out/\(saved.file("7"))")
        #expect(mkfifo(saved.folder["out/\(saved.file("8"))"], 0o600) == 0)
        let (_, findings, all) = try await saved.verify()
        #expect(findings == ["missing \(saved.file("7"))", "missing \(saved.file("8"))"])
        #expect(all.contains { $0.message.contains("a folder stands in its place") })
    }

    @Test("Links in place of .cod or its records are not followed: there are no records")
    func linkedRecords() async throws {
        try await saved.save(["7": "12345"])
        try FileManager.default.moveItem(atPath: saved.folder["out/.cod/records"], toPath: saved.folder["elsewhere"])
        try saved.folder.makeLink("out/.cod/records", to: saved.folder["elsewhere"])
        let (report, findings, _) = try await saved.verify()
        #expect(findings == ["unreadable .cod/records/1.2.3/4.5.6.txt"] && !report.isWhole)
    }

    @Test("Records that a crash tore off: the instance of the torn line is unrecorded, the others are verified")
    func tornRecord() async throws {
        try await saved.save(["7": "12345", "8": "12345"])
        try saved.put(String(saved.records().dropLast(6)), at: ".cod/records/1.2.3/4.5.6.txt")
        let (report, findings, _) = try await saved.verify()
        #expect(findings == ["unrecorded \(saved.file("8"))"] && report.verifiedCount == 1)
    }

    @Test("Nonsense in records is passed over, and nothing outside of the folder is looked at")
    func hostileRecords() async throws {
        try await saved.save(["7": "12345"])
        try saved.folder.put("12345", at: "secret.dcm")
        let sum = checksum(of: "12345")
        let nonsense =
            [
                "../../../../secret 5 \(sum) verified", "/etc/passwd 5 \(sum) verified", ".. 5 \(sum) verified",
                "a/b 5 \(sum) verified", "neg -5 \(sum) verified", "big 99999999999999999999 \(sum) verified",
                "nul\0 5 \(sum) verified", "\u{1B}[2J", ". 5 - verified", String(repeating: "x", count: 10_000_000),
            ].joined(separator: "\n") + "\n"
        let most = "huge1 \(Int64.max) \(sum) verified\nhuge2 \(Int64.max) \(sum) damaged\nhuge3 \(Int64.max) - verified\n"
        try saved.put(nonsense + saved.records() + most + nonsense, at: ".cod/records/1.2.3/4.5.6.txt")
        try saved.put(nonsense, at: ".cod/records/1.2.3/no.txt")
        try saved.put("1 1 - verified\n", at: ".cod/records/1.2.3/a b.txt")
        try saved.put("1 1 - verified\n", at: ".cod/records/a b/1.txt")
        let (report, findings, _) = try await saved.verify()
        #expect(findings == ["huge1", "huge2", "huge3"].map { "missing \(saved.file($0))" })
        #expect(report.verifiedCount == 1 && report.instanceCount == 4)
        // One that stands there, and a size that no file has.
        try saved.put("x", at: saved.file("huge1"))
        #expect(try await saved.verify().findings.first == "damaged \(saved.file("huge1"))")
    }

    @Test("Named studies are verified, and nothing else is looked at; each that is not there is an error")
    func namedStudies() async throws {
        try await saved.save(["7": "12345"])
        try await saved.save(["7": "12345"], of: SeriesID(study: "2.2", series: "1"))
        try saved.put("12346", at: "2.2/1/instances/7.dcm")
        try saved.put("x", at: "notes")
        var (report, findings, _) = try await saved.verify(["1.2.3", "1.2.3"])
        #expect(findings == [] && report.isWhole && report.instanceCount == 1)
        (report, findings, _) = try await saved.verify(["1.2.3", "9.9", "9.9"])
        #expect(findings == [] && report.failures.map(\.study) == ["9.9"] && !report.isWhole && report.failedCount == 1)
        #expect(try await saved.verify(["2.2"]).findings == ["damaged 2.2/1/instances/7.dcm"])
        for (study, code) in [("9.9", CodError.Code.studyNotFound), ("..", .invalidIdentifier), ("a/b", .invalidIdentifier)] {
            let error = await #expect(throws: CodError.self) { try await saved.verify([study]) }
            #expect(error?.code == code && error?.message.contains(study) == true)
        }
    }

    @Test("A folder that is not there, or holds nothing that was saved, is told, with the way out")
    func nothing() async throws {
        try saved.folder.put("x", at: "file")
        try saved.folder.put("x", at: "file.zip")
        try saved.folder.put("x", at: "full/of/other/things.txt")
        for name in ["nowhere", "file", "file.zip", "full"] {
            for studies in [[], ["1.2.3"]] {
                let error = await #expect(throws: CodError.self) {
                    try await OutputVerifier(at: saved.folder[name]).run(studies: studies)
                }
                #expect(error?.code == .invalidSource && error?.message.contains(name) == true && error?.recovery != nil)
                if name == "file.zip" { #expect(error?.message.contains("is a zip") == true) }
            }
        }
    }

    @Test("Events: the plan first, the end last, each once, and progress to the last byte")
    func events() async throws {
        try await saved.save(["7": "12345", "8": "12345"])
        try await saved.save(["9": "12345"], withChecksums: false)
        try saved.put("x", at: "notes")
        let (report, events) = try await saved.verifyTelling()
        #expect(events.map(\.name).first == "plan" && events.map(\.name).last == "complete")
        #expect(events.count { ["plan", "complete"].contains($0.name) } == 2)
        guard case .plan(let plan) = events.first else { throw CodError(.stageFailed, "No plan.") }
        #expect(plan.series == 1 && plan.instances == 3 && plan.bytes == 10 && !plan.isBeingWritten)
        let progress = events.compactMap { if case .progress(let progress) = $0 { progress } else { nil } }
        #expect(progress.last == VerificationProgress(instances: 3, bytesRead: 10, of: plan))
        #expect(report[.unknown] == 1)
    }

    @Test("While a download into the folder is under way, the plan says so")
    func underWay() async throws {
        try await saved.save(["7": "12345"])
        let sink = DirectorySink(at: saved.path)
        try await sink.prepare(for: RetrievalPlan(studies: []))
        guard case .plan(let plan) = try await saved.verifyTelling().1.first else { throw CodError(.stageFailed, "No plan.") }
        #expect(plan.isBeingWritten)
        try await sink.close()
    }

    @Test("Cancelled, it ends with what was looked at; damage that was found by then is told and noted")
    func cancellation() async throws {
        try await saved.save(["7": "12345"])
        try await saved.save(["7": "12345"], of: SeriesID(study: "zz", series: "1"))
        try saved.put("12346", at: saved.file("7"))
        let verifier = OutputVerifier(at: saved.path, laneCount: 1)
        let task = Task {
            try await verifier.run { event in
                if case .finding = event { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        let report = try await task.value
        #expect(report.interruption?.isCancellation == true && !report.isWhole)
        #expect(report[.damaged] == 1 && report.instanceCount == 1)
        #expect(saved.records().hasSuffix(" damaged\n"))
    }

    @Test("10,000 small instances, 3 of them spoiled: these are named, and no others")
    func manySmall() async throws {
        let saved = try SavedFolder(inMemory: true)
        let root = try OpenFile.makingFolder(at: FilePath(saved.path))
        let folder = try root.makingSeriesFolder(of: series).folder
        var records: [SeriesRecords.Record] = []
        for number in 0..<10_000 {
            let text = "instance \(number)"
            try folder.create(OutputLayout.fileName(of: "\(number)")).writeAll(ByteChunk(text.utf8))
            records.append(
                .init(uid: "\(number)", byteCount: Int64(text.utf8.count), checksum: checksum(of: text), isVerified: true))
        }
        try SeriesRecords.append(records, to: series, in: root.makingFolder(".cod"))
        #expect(try await saved.verify().report.verifiedCount == 10_000)
        for number in [0, 4_567, 9_999] { try saved.put("instancf \(number)", at: saved.file("\(number)")) }
        let (report, findings, _) = try await saved.verify()
        #expect(findings == ["0", "4567", "9999"].map { "damaged \(saved.file($0))" })
        #expect(report.verifiedCount == 9_997 && report.instanceCount == 10_000)
    }

    #if os(Linux)
        @Test(
            "In a folder that cannot be written to, damage is told, and that it could not be noted",
            .enabled(if: Mount.isPermitted))
        func readOnly() async throws {
            try saved.folder.makeFolder("out")
            let disk = try #require(Mount(at: saved.path, "size=1m"))
            try await saved.save(["7": "12345", "8": "12345"])
            try saved.put("12346", at: saved.file("7"))
            let records = saved.records()
            #expect(mount("none", saved.path, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), "") == 0)
            let (report, findings, all) = try await saved.verify()
            #expect(findings == ["damaged \(saved.file("7"))"] && report.verifiedCount == 1)
            #expect(all.first?.recovery?.contains("Read-only file system") == true)
            #expect(all.first?.recovery?.contains("delete the file") == true)
            #expect(saved.records() == records)
            disk.end()
        }
    #endif
}

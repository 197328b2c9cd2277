import CodCore
import CodTesting
import Foundation
import Testing

@Suite("--layout puts files where people look for them")
struct LayoutRunTests {
    static let template = "{Modality}/{InstanceNumber:2}.dcm"

    static func download(_ store: ServedStore, _ more: [String] = []) async throws -> CommandRun {
        try await ResumeTests.download(store, more)
    }

    @Test(
        "Every instance is there once under every layout, of either version, and nothing is fetched twice",
        arguments: ["flat", "named", template, "all.dcm/{PatientID}"], [StoreWriter.MetadataVersion.v1, .v2])
    func layouts(_ layout: String, _ version: StoreWriter.MetadataVersion) async throws {
        try await ServedStore.with(version: version) { store in
            (try await Self.download(store, ["--layout", layout])).expect(0)
            let first = try LaidOut("out", in: store.scratch)
            first.expect(try store.files())
            #expect(try store.scratch.log(in: "out").sorted() == ServedStore.log(of: store.files()))
            store.server.clearLog()
            let again = try await Self.download(store)
            #expect(again.exitCode == 0 && again.errors.contains("Nothing is missing"), "\(again.errors)")
            #expect(store.archiveByteCount == 0)
            #expect(try LaidOut("out", in: store.scratch).paths == first.paths)
            let verified = try await CommandRun.cod(["verify", store.scratch.path("out")])
            #expect(verified.exitCode == 0 && verified.errors.contains("all whole"), "\(verified.errors)")
            let stats = try await CommandRun.cod(
                ["stats", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint, "--json"])
            let object = try #require(try stats.objects().first)
            #expect(object["totalSavedSeriesCount"] as? Int == object["totalSeriesCount"] as? Int)
        }
    }

    @Test("Names are those of the attributes, and instances of one path are told apart")
    func names() async throws {
        try await ServedStore.with { store in
            (try await Self.download(store, ["--layout", Self.template])).expect(0)
            let found = try LaidOut("out", in: store.scratch)
            // Three series of CT have the same numbers; the cine has its number to itself.
            #expect(found.files.keys.count { $0.wholeMatch(of: #/CT/0[1-4]~[0-9a-f]{16}\.dcm/#) != nil } == 12)
            #expect(found.files["US/01.dcm"] != nil && found.files.count == 13)
        }
    }

    @Test("Only what is missing or damaged is fetched, to where it was; verify names it by its path")
    func mending() async throws {
        try await ServedStore.with(instancesPerSeries: 12, payload: .noise(byteCount: 40_000)) { store in
            (try await Self.download(store, ["--layout", "named"])).expect(0)
            let whole = try LaidOut("out", in: store.scratch)
            let paths = whole.files.keys.sorted()
            try FileManager.default.removeItem(atPath: store.scratch.path("out/\(paths[3])"))
            var bytes = try #require(whole.files[paths[20]])
            bytes[bytes.count - 9] ^= 1
            try bytes.write(to: URL(fileURLWithPath: store.scratch.path("out/\(paths[20])")))
            let verified = try await CommandRun.cod(["verify", store.scratch.path("out")])
            verified.expect(1)
            #expect(verified.errors.contains("missing: \(store.scratch.path("out/\(paths[3])"))"), "\(verified.errors)")
            #expect(verified.errors.contains("damaged: \(store.scratch.path("out/\(paths[20])"))"), "\(verified.errors)")
            store.server.clearLog()
            (try await Self.download(store)).expect(0)
            #expect(try LaidOut("out", in: store.scratch).files == whole.files)
            #expect(store.archiveByteCount < 4 * 64 << 10)
            (try await CommandRun.cod(["verify", store.scratch.path("out")])).expect(0)
        }
    }

    @Test("Without its records a folder is read through, and nothing whole is fetched")
    func withoutRecords() async throws {
        try await ServedStore.with { store in
            (try await Self.download(store, ["--layout", Self.template])).expect(0)
            let whole = try LaidOut("out", in: store.scratch)
            try FileManager.default.removeItem(atPath: store.scratch.path("out/.cod"))
            store.server.clearLog()
            (try await Self.download(store, ["--layout", Self.template])).expect(0)
            #expect(store.archiveByteCount == 0)
            #expect(try LaidOut("out", in: store.scratch).paths == whole.paths)
        }
    }

    @Test("A file at a path that is not the instance's stays, whoever put it there")
    func foreign() async throws {
        try await ServedStore.with { store in
            let mine = Data("mine".utf8)
            let files = ["US/01.dcm", "US/notes.txt"]
            try FileManager.default.createDirectory(atPath: store.scratch.path("out/US"), withIntermediateDirectories: true)
            for file in files { try mine.write(to: URL(fileURLWithPath: store.scratch.path("out/\(file)"))) }
            for _ in 1...2 {
                (try await Self.download(store, ["--layout", Self.template])).expect(0)
                let found = try LaidOut("out", in: store.scratch)
                #expect(files.allSatisfy { found.files[$0] == mine })
                #expect(found.files.count == 15 && found.rows.count == 13)
                #expect(found.paths.values.count { $0.hasPrefix("US/01~") } == 1)
            }
        }
    }

    @Test("What another choice saved keeps its path; what comes to it later gets another, also when the first one's file is gone")
    func acrossRuns() async throws {
        try await ServedStore.with { store in
            let series = store.written.series.filter { $0.modality == "CT" }
            let first = ["--layout", Self.template, "--series", series[0].id.series]
            (try await Self.download(store, first)).expect(0)
            let before = try LaidOut("out", in: store.scratch)
            #expect(Set(before.files.keys) == ["CT/01.dcm", "CT/02.dcm", "CT/03.dcm", "CT/04.dcm"])
            try FileManager.default.removeItem(atPath: store.scratch.path("out/CT/02.dcm"))
            (try await Self.download(store, ["--series", series[1].id.series])).expect(0)
            let middle = try LaidOut("out", in: store.scratch)
            #expect(middle.files["CT/02.dcm"] == nil && middle.files.count == 7)
            (try await Self.download(store)).expect(0)
            let after = try LaidOut("out", in: store.scratch)
            after.expect(try store.files())
            for (instance, path) in before.paths { #expect(after.paths[instance] == path) }
            for (instance, path) in middle.paths { #expect(after.paths[instance] == path) }
        }
    }

    @Test("Two processes at once save each instance once, and both succeed")
    func twoProcesses() async throws {
        try await ServedStore.with { store in
            async let one = Self.download(store, ["--layout", Self.template])
            async let other = Self.download(store, ["--layout", Self.template])
            let runs = try await [one, other]
            #expect(runs.allSatisfy { $0.exitCode == 0 }, "\(runs.map(\.errors))")
            try LaidOut("out", in: store.scratch).expect(try store.files())
        }
    }

    @Test("Killed at any event it goes on where it was, and nothing is there twice", arguments: [1, 3, 6, 9, 12, 15])
    func killed(atEvent event: Int) async throws {
        try await ServedStore.with { store in
            let target = KillTarget()
            let arguments = ["download", store.folder, store.study, "-o", store.scratch.path("out"), "--layout", Self.template]
            _ = try await target.cod(arguments + ["--json", "--jobs", "1"]) { number, _ in
                if number == event { target.strike() }
            }
            (try await CommandRun.cod(arguments)).expect(0)
            try LaidOut("out", in: store.scratch).expect(try store.files())
        }
    }

    @Test("A folder has one layout: another one is refused before anything is fetched, and without --layout it goes on")
    func oneLayout() async throws {
        try await ServedStore.with { store in
            (try await Self.download(store, ["--layout", "named", "--modality", "US"])).expect(0)
            store.server.clearLog()
            for other in ["flat", "cod"] {
                (try await Self.download(store, ["--layout", other])).expect(73, naming: "have the layout \"named\"")
            }
            let plan = try await CommandRun.cod(["plan", store.folder, store.study])
            let run = try await CommandRun.cod(["run", "-", "-o", store.scratch.path("out")], input: plan.output)
            run.expect(73, naming: "have the layout \"named\"")
            #expect(store.archiveByteCount == 0)
            (try await Self.download(store, ["--layout", "named"])).expect(0)
            try LaidOut("out", in: store.scratch).expect(try store.files())
        }
        try await ServedStore.with { store in
            (try await Self.download(store)).expect(0)
            (try await Self.download(store, ["--layout", "flat"])).expect(73, naming: "have the layout \"cod\"")
            (try await Self.download(store, ["--layout", "cod"])).expect(0)
            #expect(!FileManager.default.fileExists(atPath: store.scratch.path("out/.cod/layout")))
            #expect(!FileManager.default.fileExists(atPath: store.scratch.path("out/files.csv")))
        }
    }

    @Test("What is no layout is an error of usage, in the environment too; zips alone have none")
    func usage() async throws {
        try await ServedStore.with { store in
            (try await Self.download(store, ["--layout", "{SeriesNumbr}"])).expect(64, naming: "Did you mean SeriesNumber")
            let run = try await CommandRun.cod(["download", store.link, store.study], environment: ["COD_LAYOUT": "{"])
            run.expect(64, naming: "is not closed")
            let zips = ["download", store.link, store.study, "--zip-only", "--zip-dir", store.scratch.path("zips")]
            (try await CommandRun.cod(zips + ["--layout", "flat"])).expect(64, naming: "--zip-only saves none")
            #expect(!FileManager.default.fileExists(atPath: store.scratch.path("out")))
        }
    }

    @Test("A study's zip has the files' names, is made once, and is verified by itself")
    func zips() async throws {
        try await ServedStore.with { store in
            let zip = ["--zip", "--zip-dir", store.scratch.path("zips")]
            (try await Self.download(store, ["--layout", "named"] + zip)).expect(0)
            let found = try LaidOut("out", in: store.scratch)
            let path = store.scratch.path("zips/\(store.study).zip")
            #expect(try await UnpackedZip.files(in: path) == found.files)
            let stamp = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
            (try await Self.download(store, zip)).expect(0)
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int == stamp)
            let verified = try await CommandRun.cod(["verify", path])
            verified.expect(0, naming: "13 instances")
        }
    }
}

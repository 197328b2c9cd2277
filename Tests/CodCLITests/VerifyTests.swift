import CodCore
import CodTesting
import Foundation
import Synchronization
import Testing

@Suite("cod verify names what is not as it was saved, and the next download mends exactly that", .timeLimit(.minutes(5)))
struct VerifyTests {
    private static func verify(_ store: ServedStore, _ more: String...) async throws -> CommandRun {
        try await CommandRun.cod(["verify", store.scratch.path("out")] + more)
    }

    /// The findings of a run with `--json`: path to kind.
    private static func findings(_ run: CommandRun) throws -> [String: String] {
        var findings: [String: String] = [:]
        for event in try run.objects() where event["event"] as? String == "finding" {
            findings[try #require(event["path"] as? String)] = event["kind"] as? String
        }
        return findings
    }

    private static func archiveByteCount(_ files: [String: Data], _ paths: [String]) -> Int64 {
        paths.reduce(0) { $0 + Int64(files[$1]?.count ?? 0) }
    }

    @Test(
        "One deleted, one cut short, one with a changed bit: named with exit code 1; fetched, and nothing else; then all is whole"
    )
    func mending() async throws {
        try await ServedStore.with(instancesPerSeries: 12) { store in
            #expect(try await ResumeTests.download(store).exitCode == 0)
            let files = try store.files()
            (try await Self.verify(store)).expect(0, naming: "Verified 37 instances", "all whole")

            let paths = files.keys.sorted()
            let (deleted, cut, flipped, unrecorded) = (paths[3], paths[4], paths[20], paths[30])
            func url(_ path: String) -> URL { URL(fileURLWithPath: store.scratch.path("out/\(path)")) }
            try FileManager.default.removeItem(at: url(deleted))
            try files[cut]?.dropLast(1).write(to: url(cut))
            var bytes = try #require(files[flipped]).map(\.self)
            bytes[bytes.count / 2] ^= 1
            try Data(bytes).write(to: url(flipped))
            let stray = paths[0].replacing(/[^\/]*$/, with: "notes.txt")
            try Data("mine".utf8).write(to: url(stray))
            // Of this one the record is taken away.
            let parts = unrecorded.split(separator: "/").map(String.init)
            let records = store.scratch.path("out/.cod/records/\(parts[0])/\(parts[1]).txt")
            let uid = parts[3].replacing(".dcm", with: "")
            let lines = try String(contentsOfFile: records, encoding: .utf8).split(separator: "\n")
            try (lines.filter { !$0.hasPrefix("\(uid) ") }.joined(separator: "\n") + "\n").write(
                toFile: records, atomically: true, encoding: .utf8)

            let run = try await Self.verify(store, "--json")
            run.expect(
                1,
                naming: [
                    "missing: \(store.scratch.path("out/\(deleted)")): ", "damaged: \(store.scratch.path("out/\(cut)")): ",
                    "damaged: \(store.scratch.path("out/\(flipped)")): ", "unrecorded: ", "unknown: ",
                    "1 missing, 2 damaged, 1 unrecorded.",
                ])
            #expect(
                try Self.findings(run) == [
                    deleted: "missing", cut: "damaged", flipped: "damaged", unrecorded: "unrecorded", stray: "unknown",
                ])
            let complete = try #require(try run.objects().last)
            for (field, count) in [
                "missing": 1, "damaged": 2, "unreadable": 0, "unrecorded": 1, "unknown": 1, "failed": 4, "instances": 36,
                "verified": 33, "sizeOnly": 0,
            ] { #expect(complete[field] as? Int == count, "\(field)") }

            store.server.clearLog()
            let download = try await ResumeTests.download(store, ["--json"])
            download.expect(0, naming: "Saved 3 instances", "34 instances had been saved before")
            let saves = try download.objects().filter { $0["event"] as? String == "save" }
            let savedPaths = saves.compactMap { ($0["file"] as? [String: Any])?["path"] as? String }
            #expect(Set(savedPaths) == [deleted, cut, flipped] && saves.count == 3)
            let byteCount = Self.archiveByteCount(files, savedPaths)
            #expect(store.archiveByteCount >= byteCount && store.archiveByteCount <= byteCount + 3 * 64 << 10)

            let again = try await Self.verify(store, "--json")
            again.expect(0, naming: "Verified 37 instances", "1 name unknown to cod")
            #expect(try Self.findings(again) == [stray: "unknown"])
            try FileManager.default.removeItem(at: url(stray))
            #expect(try store.scratch.files(in: "out") == files)
        }
    }

    @Test("Without .cod, a download reads what is there: what is right is not fetched, what is wrong is; stats goes by sizes")
    func withoutRecords() async throws {
        try await ServedStore.with(instancesPerSeries: 12) { store in
            #expect(try await ResumeTests.download(store).exitCode == 0)
            let files = try store.files()
            let path = try #require(files.keys.sorted().dropFirst(7).first)
            try FileManager.default.removeItem(atPath: store.scratch.path("out/.cod"))
            var bytes = try #require(files[path]).map(\.self)
            bytes[100] ^= 0x80
            try Data(bytes).write(to: URL(fileURLWithPath: store.scratch.path("out/\(path)")))
            let verified = try await Self.verify(store, "--json")
            verified.expect(1, naming: "37 unrecorded", "Verified 0 instances")
            // An event an instance, but for people a line a series.
            #expect(try Self.findings(verified).count == 37)
            let series = Dictionary(grouping: files.keys) { $0.split(separator: "/").prefix(2).joined(separator: "/") }
            let told = verified.errors.split(separator: "\n").filter { $0.hasPrefix("cod: unrecorded: ") }
            #expect(told.count == series.count)
            for (id, paths) in series where paths.count > 1 {
                let start =
                    "cod: unrecorded: \(store.scratch.path("out/\(id)")): There is no record of its \(paths.count) instances"
                #expect(told.count { $0.hasPrefix(start) } == 1, "\(start)")
            }

            let arguments = [store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint]
            for command in [["stats"], ["download", "--dry-run"]] {
                let run = try await CommandRun.cod(command + arguments)
                run.expect(0)
                #expect(run.output.contains("to save: 0 B"))
                #expect(!FileManager.default.fileExists(atPath: store.scratch.path("out/.cod/records")))
            }
            let trusting = try await ResumeTests.download(store, ["--no-verify"])
            trusting.expect(0, naming: "Nothing is missing")

            store.server.clearLog()
            let run = try await ResumeTests.download(store)
            run.expect(0, naming: "\(path) is not what the store holds", "Saved 1 instance", "36 instances had been saved before")
            let byteCount = Int64(bytes.count)
            #expect(store.archiveByteCount >= byteCount && store.archiveByteCount <= byteCount + 64 << 10)
            #expect(try store.scratch.files(in: "out") == files)
            (try await Self.verify(store)).expect(0, naming: "Verified 37 instances", "all whole")
        }
    }

    @Test("64 where there is nothing to verify, 66 where none of the studies is, 1 where one of them is not; with events too")
    func exitCodes() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            #expect(try await ResumeTests.download(store).exitCode == 0)
            try FileManager.default.createDirectory(atPath: store.scratch.path("empty"), withIntermediateDirectories: true)
            (try await Self.verify(store, "1.2.999")).expect(66, naming: "1.2.999")
            (try await Self.verify(store, "../x")).expect(64, naming: "../x", "is no study")
            (try await Self.verify(store, store.study, "1.2.999")).expect(
                1, naming: "1.2.999: There is nothing", "1 study not there")
            (try await Self.verify(store, store.study)).expect(0, naming: "Verified 5 instances")
            for (name, words) in [
                ("nowhere", "No such file"), ("empty", "holds nothing that cod saved"), ("nowhere.zip", "No such file"),
            ] {
                let run = try await CommandRun.cod(["verify", store.scratch.path(name), "--json"])
                run.expect(64, naming: words)
                #expect(try run.objects().compactMap { $0["event"] as? String } == ["error", "complete"])
            }
            (try await CommandRun.cod(["verify"])).expect(64, naming: "<dir-or-zip>")
            (try await CommandRun.cod(["verify", ""])).expect(64, naming: "empty")
            let here = try await CommandRun.cod(
                ["verify", "."], environment: ["COD_JSON": "1"], folder: store.scratch.path("out"))
            here.expect(0)
            #expect(try here.objects().first?["schema"] as? Int == 1 && here.objects().last?["verified"] as? Int == 5)
        }
    }

    @Test("-q says what failed, and nothing else; a name cannot break its line")
    func quiet() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            #expect(try await ResumeTests.download(store).exitCode == 0)
            let stray = store.scratch.path("out/\(store.study)/two\nlines \u{1B}[2J")
            try Data().write(to: URL(fileURLWithPath: stray))
            let whole = try await Self.verify(store, "-q")
            whole.expect(0)
            #expect(whole.everything.isEmpty)
            (try await Self.verify(store)).expect(0, naming: "two\\nlines \\u{1b}[2J: This file is none of cod's.\n")
            let path = try #require(store.files().keys.min())
            try FileManager.default.removeItem(atPath: store.scratch.path("out/\(path)"))
            let run = try await Self.verify(store, "-q")
            run.expect(1, naming: "missing: ")
            #expect(run.errors.split(separator: "\n").count == 1 && run.output.isEmpty)
        }
    }

    @Test(
        "What is held at a time is bounded, whatever the size of an instance",
        .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/status")))
    func memory() async throws {
        let folder = try SparseFolder(instanceCount: 4, byteCount: 256 << 20)
        let run = try await CommandRun.cod(["verify", folder.path])
        run.expect(0, naming: "Verified 4 instances", "all whole")
        // A busy machine may not come to look.
        if let peak = run.peakMemory { #expect(peak < 64 << 20, "\(peak) bytes") }
    }

    @Test("A signal ends it within two seconds, in the middle of a file", arguments: [SIGINT, SIGTERM])
    func interruption(signal: Int32) async throws {
        // Too much to be read in the time of the test: each file alone takes minutes.
        let folder = try SparseFolder(instanceCount: 3, byteCount: 1 << 40, checksum: CRC32C(0))
        let pipe = folder.scratch.path("events")
        #expect(mkfifo(pipe, 0o600) == 0)
        let reading = PipeReading(of: pipe)
        let (started, starts) = AsyncStream<Int32>.makeStream()
        async let ending = CommandRun.run(
            "/bin/sh", ["-c", "exec \"$0\" verify \"$1\" --json > \"$2\"", CommandRun.binary, folder.path, pipe]
        ) { process in
            starts.yield(process.processIdentifier)
            starts.finish()
        }
        for await _ in reading.lines where reading.hasProgress { break }
        let start = ContinuousClock.now
        for await identifier in started { kill(identifier, signal) }
        let run = try await ending
        // A busy machine gets more than the promised two seconds.
        #expect(ContinuousClock.now - start < .seconds(8))
        run.expect(128 + signal, naming: "Interrupted: the rest was not looked at.")
        for await _ in reading.lines {}
        let names = reading.names
        #expect(names.first == "plan" && names.last == "complete" && names.count { $0 == "complete" } == 1)
        #expect(names.dropLast().last == "error" && !names.contains("finding"))
        #expect(!folder.records.contains("damaged"))
    }
}

/// An output folder of instances that are all zeros and take no room on the disk, with records.
private struct SparseFolder {
    let scratch: Scratch
    var path: String { scratch.path("out") }
    var records: String { (try? String(contentsOfFile: "\(path)/.cod/records/1.2/3.4.txt", encoding: .utf8)) ?? "" }

    /// Without a checksum the right one is computed.
    init(instanceCount: Int, byteCount: Int64, checksum: CRC32C? = nil) throws {
        scratch = try Scratch()
        let folders = ["1.2/3.4/instances", ".cod/records/1.2"]
        for folder in folders {
            try FileManager.default.createDirectory(atPath: scratch.path("out/\(folder)"), withIntermediateDirectories: true)
        }
        var sum = checksum
        if sum == nil {
            var running = RunningCRC32C()
            let zeros = ByteChunk(repeatElement(0, count: 1 << 20))
            for _ in 0..<(byteCount >> 20) { running.update(zeros) }
            sum = running.checksum
        }
        var records = ""
        for number in 0..<instanceCount {
            let path = scratch.path("out/1.2/3.4/instances/\(number).dcm")
            try Data().write(to: URL(fileURLWithPath: path))
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try file.truncate(atOffset: UInt64(byteCount))
            try file.close()
            records += "\(number) \(byteCount) \(sum?.description ?? "-") verified\n"
        }
        try records.write(toFile: scratch.path("out/.cod/records/1.2/3.4.txt"), atomically: true, encoding: .utf8)
    }
}

/// The lines of a named pipe, as they come.
private final class PipeReading: Sendable {
    let lines: AsyncStream<Void>
    private let seen = Seen()

    init(of path: String) {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        lines = stream
        let seen = seen
        // A thread of its own: it waits for the writer.
        Thread {
            guard let file = FileHandle(forReadingAtPath: path) else { return continuation.finish() }
            while case let data = file.availableData, !data.isEmpty {
                seen.add(data)
                continuation.yield()
            }
            continuation.finish()
        }.start()
    }

    var hasProgress: Bool { names.contains("progress") }

    /// The names of the events so far.
    var names: [String] {
        String(decoding: seen.data, as: UTF8.self).split(separator: "\n").compactMap { line in
            line.firstMatch(of: /"event":"([a-z]+)"/).map { String($0.1) }
        }
    }

    private final class Seen: Sendable {
        private let content = Mutex(Data())

        var data: Data { content.withLock { $0 } }
        func add(_ data: Data) { content.withLock { $0 += data } }
    }
}

import CodCore
import CodTesting
import Foundation
import Testing

@testable import CodCLI

@Suite("Faults of the disk: found out before anything is fetched, or the run stops at once and loses nothing")
struct DiskFaultTests {
    private static func arguments(_ store: ServedStore, output: String? = nil, _ more: String...) -> [String] {
        ["download", store.link, store.study, "-o", output ?? store.scratch.path("out"), "--endpoint", store.endpoint] + more
    }

    /// Expects of what was saved that it is whole and listed, and that nothing else is there; then that the same command, without the
    /// fault, fetches the rest.
    private static func expectResumable(_ store: ServedStore, savedSome: Bool = true) async throws {
        let expected = try store.files()
        let saved = try store.scratch.files(in: "out")
        #expect(saved.isEmpty != savedSome && saved.count < expected.count, "\(saved.count) of \(expected.count)")
        for (path, bytes) in saved { #expect(expected[path] == bytes, "\(path) is not whole") }
        #expect(try store.scratch.log(in: "out").sorted() == ServedStore.log(of: saved))
        #expect(try !store.scratch.entries().keys.contains { $0.contains("partial") })
        let again = try await CommandRun.cod(arguments(store))
        again.expect(0, naming: "all verified")
        if savedSome { #expect(again.errors.contains("had been saved before")) }
        #expect(try store.scratch.files(in: "out") == expected)
        #expect(try store.scratch.log(in: "out").sorted() == ServedStore.log(of: expected))
    }

    // MARK: 38

    @Test(
        "fault 38: with less free space than the studies take nothing is fetched; --dry-run says so too, --no-space-check begins",
        .enabled(if: TinyDisk.isPossible))
    func tooLittleSpace() async throws {
        try await ServedStore.with(instancesPerSeries: 40) { store in
            let output = "\(TinyDisk.mount)/out"
            let words = ["\(output) has ", " free; the ", " to save take ", "Free some space", "--no-space-check"]
            let (run, kept) = try await TinyDisk.run(
                Self.arguments(store, output: output, "--json"), byteCount: 256 << 10, copyingTo: store.scratch)
            run.expect(73, naming: words)
            #expect(kept.isEmpty && !store.server.log.contains { $0.isArchiveRead })
            #expect(try run.objects().map { $0["event"] as? String } == ["plan", "error", "complete"])

            let dry = try await CommandRun.cod(
                Self.arguments(store, output: output, "--dry-run"), onDiskOf: 256 << 10)
            dry.expect(0, naming: ["A download would not begin"] + words)
            #expect(dry.output.contains("to transfer"))

            let (begun, saved) = try await TinyDisk.run(
                Self.arguments(store, output: output, "--no-space-check"), byteCount: 256 << 10, copyingTo: store.scratch)
            begun.expect(74, naming: "No space left")
            #expect(!saved.isEmpty)
        }
    }

    @Test("fault 38: a disk with room for what is missing is enough, whatever the whole takes", .enabled(if: TinyDisk.isPossible))
    func spaceForTheRest() async throws {
        try await ServedStore.with(instancesPerSeries: 40) { store in
            let series = store.written.series[1].id.series
            let (run, kept) = try await TinyDisk.run(
                Self.arguments(store, output: "\(TinyDisk.mount)/out", "--series", series), byteCount: 512 << 10,
                copyingTo: store.scratch)
            run.expect(0, naming: "all verified")
            #expect(kept.count == 40)
        }
    }

    @Test(
        "fault 38: a used-up quota, a disk that turns read-only, breaks or is gone stops the run with 74; what is saved stays",
        .enabled(if: CommandRun.canFailCalls),
        arguments: [
            ("linkat:error=EDQUOT", "Disk quota exceeded", "Free some of your quota"),
            ("linkat:error=ENOSPC", "No space left on device", "Free some space"),
            ("linkat:error=EROFS", "Read-only file system", "Choose a folder that you may write to"),
            ("linkat:error=EIO", "Input/output error", "Check the disk"),
            ("linkat:error=ENOTCONN", "Transport endpoint is not connected", "Check the disk"),
            ("linkat:error=ESTALE", "Stale file handle", "Check the disk"),
        ])
    func failingWrites(call: String, cause: String, recovery: String) async throws {
        try await ServedStore.with(instancesPerSeries: 12) { store in
            let run = try await CommandRun.cod(Self.arguments(store, "--jobs", "1"), failing: "\(call):when=9+")
            run.expect(74, naming: store.scratch.path("out"), cause, recovery, "Stopped early", "same command")
            // Nothing is begun that could not be saved.
            #expect(store.server.log.count(where: \.isArchiveRead) == 1)
            try await Self.expectResumable(store)
        }
    }

    @Test(
        "fault 38: what could not be brought to the disk is not there afterwards", .enabled(if: CommandRun.canFailCalls),
        arguments: [("EIO", "Input/output error"), ("ENOSPC", "No space left"), ("EDQUOT", "quota")])
    func failingSync(error: String, cause: String) async throws {
        try await ServedStore.with(instancesPerSeries: 12) { store in
            let run = try await CommandRun.cod(Self.arguments(store, "--jobs", "1"), failing: "syncfs:error=\(error):when=2+")
            run.expect(74, naming: "bring to the disk", cause, store.scratch.path("out"))
            try await Self.expectResumable(store)
        }
    }

    @Test(
        "fault 38: a log.json that cannot be written ends with 74, and the next run makes it whole",
        .enabled(if: CommandRun.canFailCalls))
    func failingLog() async throws {
        try await ServedStore.with { store in
            let run = try await CommandRun.cod(Self.arguments(store), failing: "renameat:error=ENOSPC")
            run.expect(74, naming: "log.json", "No space left")
            #expect(try store.scratch.files(in: "out") == store.files())
            #expect(!FileManager.default.fileExists(atPath: store.scratch.path("out/log.json")))
            let again = try await CommandRun.cod(Self.arguments(store))
            again.expect(0, naming: "Nothing is missing")
            #expect(try store.scratch.log(in: "out").sorted() == ServedStore.log(of: store.files()))
        }
    }

    @Test(
        "fault 38: a limit of file sizes (RLIMIT_FSIZE) ends with 74, named, and not with the signal that goes with it",
        .disabled(if: Sanitizer.isOn, "The sanitizer maps files of its own that are larger."))
    func fileSizeLimit() async throws {
        try await ServedStore.with { store in
            let sizes = store.written.series.flatMap { $0.instances.map(\.byteCount) }
            let (smallest, largest) = (try #require(sizes.min()), try #require(sizes.max()))
            // The shell counts in 512 bytes; a slice fits, the frames of the cine series do not.
            let blockCount = smallest / 512 + 2
            try #require(blockCount * 512 < largest)
            let run = try await CommandRun.cod(Self.arguments(store, "--jobs", "1"), under: "ulimit -f \(blockCount)")
            run.expect(74, naming: "File too large", "ulimit -f", store.scratch.path("out"))
            let saved = try store.scratch.files(in: "out")
            let expected = try store.files()
            #expect(saved.count < expected.count)
            for (path, bytes) in saved { #expect(expected[path] == bytes) }
            try await Self.expectResumable(store, savedSome: !saved.isEmpty)
        }
    }

    // MARK: 39

    @Test("fault 39: a read-only file system is found out before anything is fetched", .enabled(if: TinyDisk.isPossible))
    func readOnly() async throws {
        try await ServedStore.with { store in
            for (output, more) in [("\(TinyDisk.mount)/out", [String]()), (TinyDisk.mount, []), (TinyDisk.mount, ["--dry-run"])] {
                let run = try await CommandRun.cod(
                    Self.arguments(store, output: output) + more, onDiskOf: 1 << 20, options: ",ro")
                run.expect(more.isEmpty ? 73 : 0, naming: output, "Read-only file system", "Choose a folder")
            }
            #expect(!store.server.log.contains { $0.isArchiveRead })
        }
    }

    @Test(
        "fault 39: a folder that may not be written to is found out before anything is fetched, and by --dry-run",
        .enabled(if: Unprivileged.isPossible), arguments: ["locked", "locked/new/folder"])
    func permissionDenied(output: String) async throws {
        try await ServedStore.with { store in
            let locked = store.scratch.path("locked")
            try FileManager.default.createDirectory(atPath: locked, withIntermediateDirectories: true)
            try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: locked)
            let path = store.scratch.path(output)
            let run = try await Unprivileged.cod(Self.arguments(store, output: path))
            run.expect(73, naming: locked, "Permission denied", "Choose a folder that you may write to")
            let dry = try await Unprivileged.cod(Self.arguments(store, output: path, "--dry-run"))
            dry.expect(0, naming: "A download would not begin", "Permission denied")
            #expect(!store.server.log.contains { $0.isArchiveRead })
            #expect(try FileManager.default.contentsOfDirectory(atPath: locked).isEmpty)
        }
    }

    @Test("fault 39: an output folder that is missing is made, with those above it; --dry-run makes none")
    func missingFolder() async throws {
        try await ServedStore.with { store in
            let path = store.scratch.path("out/with/folders/above")
            let before = try store.scratch.entries()
            let dry = try await CommandRun.cod(Self.arguments(store, output: path, "--dry-run"))
            dry.expect(0, naming: "Nothing was fetched")
            #expect(try store.scratch.entries() == before && !dry.errors.contains("would not begin"))
            try await CommandRun.cod(Self.arguments(store, output: path)).expect(0)
            #expect(try store.scratch.files(in: "out/with/folders/above") == store.files())
        }
    }

    @Test(
        "fault 39: a low limit of open files lowers the number of connections, which is said, and loses nothing",
        arguments: [true, false])
    func fewOpenFiles(isFolder: Bool) async throws {
        try await ServedStore.with(seriesCount: 6) { store in
            let limit = OpenFileLimit.fileCount(connectionCount: 2)
            var arguments = Self.arguments(store, "--jobs", "8")
            if isFolder { arguments[1] = store.folder }
            let run = try await CommandRun.cod(arguments, under: "ulimit -n \(limit)")
            run.expect(0, naming: "open files is \(limit): 2 connections will be used rather than 8", "ulimit -n", "all verified")
            if !isFolder { #expect((1...2).contains(store.server.traffic.peakArchiveReadCount)) }
            #expect(try store.scratch.files(in: "out") == store.files())
        }
    }

    @Test(
        "fault 39: as many open files as are reckoned with are enough, to the last one",
        arguments: [(1, true), (8, true), (24, true), (24, false)])
    func openFilesSuffice(jobCount: Int, isHTTP: Bool) async throws {
        try await ServedStore.with(seriesCount: 30, instancesPerSeries: 2) { store in
            var arguments = Self.arguments(store, "--jobs", "\(jobCount)")
            if !isHTTP { arguments[1] = store.folder }
            let limit = OpenFileLimit.fileCount(connectionCount: jobCount)
            let run = try await CommandRun.cod(arguments, under: "ulimit -n \(limit)")
            run.expect(0, naming: "all verified")
            #expect(!run.errors.contains("open files") && !run.errors.contains("Too many"), "\(run.errors)")
            #expect(try store.scratch.files(in: "out") == store.files())
        }
    }

    @Test("fault 39: the soft limit of open files is raised to the hard one by itself")
    func raisedLimit() async throws {
        try await ServedStore.with { store in
            let run = try await CommandRun.cod(Self.arguments(store), under: "ulimit -S -n 40")
            run.expect(0, naming: "all verified")
            #expect(!run.errors.contains("open files"), "\(run.errors)")
        }
    }

    @Test("fault 39: a limit of open files that is too low for one connection is told, and nothing is begun")
    func tooFewOpenFiles() async throws {
        try await ServedStore.with { store in
            for command in [Self.arguments(store), ["stats", store.link, store.study, "--endpoint", store.endpoint]] {
                let limit = OpenFileLimit.fileCount(connectionCount: 1) - 1
                let run = try await CommandRun.cod(command, under: "ulimit -n \(limit)")
                run.expect(73, naming: "open files is \(limit), too low", "Raise it to \(limit + 1) or more (ulimit -n)")
            }
            #expect(store.server.log.isEmpty && !FileManager.default.fileExists(atPath: store.scratch.path("out")))
        }
    }

    @Test(
        "fault 39: a file that cannot be opened for want of descriptors stops the run with 74; what is saved stays",
        .enabled(if: CommandRun.canFailCalls),
        arguments: [("EMFILE", "Too many open files"), ("ENFILE", "Too many open files in system")])
    func noDescriptors(error: String, cause: String) async throws {
        try await ServedStore.with(instancesPerSeries: 12) { store in
            // One connection takes the archives in the order of their names.
            let first = try #require(store.written.series.min { $0.archiveName < $1.archiveName })
            let folder = store.scratch.path("out/\(first.id)/instances")
            let run = try await CommandRun.cod(
                Self.arguments(store, "--jobs", "1"), failing: "openat:error=\(error):when=5+", path: folder)
            run.expect(74, naming: folder, cause, "ulimit -n", "--jobs", "same command")
            try await Self.expectResumable(store)
        }
    }

    @Test(
        "fault 39: files that cannot be opened for a while: fewer archives are read at a time, which is said, and nothing is lost",
        .enabled(if: CommandRun.canFailCalls), arguments: [5, 6, 8])
    func lackOfDescriptorsInMidRun(failing: Int) async throws {
        try await ServedStore.with(seriesCount: 6, instancesPerSeries: 8) { store in
            // Counted for each thread: as lanes take turns, three of them could come to no more than two of these.
            let run = try await CommandRun.cod(
                Self.arguments(store, "--jobs", "4"), failing: "openat:error=EMFILE:when=\(failing)",
                path: store.scratch.path("out/\(store.written.series[2].id)/instances"))
            run.expect(0, naming: "Too many files are open: ", "at a time from now on.", "all verified")
            #expect(try store.scratch.files(in: "out") == store.files())
            try await CommandRun.cod(["verify", store.scratch.path("out")]).expect(0)
        }
    }
}

import CodCore
import CodTesting
import Foundation
import Testing

@Suite("A folder that zips cannot go to is found out before anything is fetched; a disk that fills up loses nothing")
struct ZipFaultTests {
    private func arguments(_ store: ServedStore, zips: String, output: String? = nil, _ more: String...) -> [String] {
        [
            "download", store.link, store.study, "-o", output ?? store.scratch.path("out"), "--endpoint", store.endpoint, "--zip",
            "--zip-dir", zips,
        ] + more
    }

    @Test(
        "Something in the way is named with 73, and by --dry-run",
        arguments: ["a folder", "a file for the folder", "a file above"])
    func inTheWay(what: String) async throws {
        try await ServedStore.with { store in
            var named = store.zipPath
            if what == "a folder" {
                try FileManager.default.createDirectory(atPath: named, withIntermediateDirectories: true)
            } else {
                named = store.scratch.path(what == "a file above" ? "blocked" : "zips")
                try Data().write(to: URL(fileURLWithPath: named))
            }
            let zips = what == "a file above" ? "\(named)/zips" : store.scratch.path("zips")
            let run = try await CommandRun.cod(arguments(store, zips: zips, "--json"))
            run.expect(73, naming: named, "Move what is in the way, or choose another folder.")
            #expect(try run.objects().last?["event"] as? String == "complete")
            let dry = try await CommandRun.cod(arguments(store, zips: zips, "--dry-run"))
            dry.expect(0, naming: "A download would not begin: ", named)
            #expect(!store.server.log.contains { $0.isArchiveRead })
        }
    }

    @Test("What has the name of a zip in progress is found out before, and told once", arguments: ["partial", "journal"])
    func inTheWayOfProgress(name: String) async throws {
        try await ServedStore.with { store in
            let zips = store.scratch.path("zips")
            let named = "\(zips)/.\(store.study).zip.\(name)"
            try FileManager.default.createDirectory(atPath: named, withIntermediateDirectories: true)
            let run = try await CommandRun.cod([
                "download", store.link, store.study, "--endpoint", store.endpoint, "--zip-only", "--zip-dir", zips,
            ])
            run.expect(73, naming: named, "Move what is in the way, or choose another folder.")
            #expect(run.errors.components(separatedBy: named).count == 2)
            #expect(!store.server.log.contains { $0.isArchiveRead })
        }
    }

    @Test("A folder of zips that is removed in mid-run ends it with 74")
    func removed() async throws {
        try await ServedStore.with(seriesCount: 4) { store in
            let zips = store.scratch.path("zips")
            let gate = LoopbackStore.Gate()
            // The last archive waits until the folder is gone.
            store.server.script(
                matching: .requests { $0.isArchiveRead }, faults: [.pass, .pass, .pass], thenAlways: .stallBeforeHead(until: gate)
            )
            async let running = CommandRun.cod([
                "download", store.link, store.study, "--endpoint", store.endpoint, "--zip-only", "--zip-dir", zips, "--jobs", "1",
            ])
            await gate.arrival(ofCount: 1)
            try FileManager.default.removeItem(atPath: zips)
            gate.open()
            let run = try await running
            run.expect(74, naming: "zip.partial is gone", "Run the same command again.")
        }
    }

    @Test("A folder that may not be written to", .enabled(if: Unprivileged.isPossible), arguments: ["locked", "locked/new"])
    func permissionDenied(name: String) async throws {
        try await ServedStore.with { store in
            let locked = store.scratch.path("locked")
            try FileManager.default.createDirectory(atPath: locked, withIntermediateDirectories: true)
            try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: locked)
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: store.scratch.root)
            let run = try await Unprivileged.cod(arguments(store, zips: store.scratch.path(name)))
            run.expect(73, naming: store.scratch.path(name), "Permission denied", "Choose a folder that you may write to")
            let dry = try await Unprivileged.cod(arguments(store, zips: store.scratch.path(name), "--dry-run"))
            dry.expect(0, naming: "A download would not begin", "Permission denied")
            #expect(!store.server.log.contains { $0.isArchiveRead })
        }
    }

    @Test("A read-only disk", .enabled(if: TinyDisk.isPossible))
    func readOnly() async throws {
        try await ServedStore.with { store in
            let run = try await CommandRun.cod(
                arguments(store, zips: "\(TinyDisk.mount)/zips"), onDiskOf: 1 << 20, options: ",ro")
            run.expect(73, naming: TinyDisk.mount, "Read-only file system")
            #expect(!store.server.log.contains { $0.isArchiveRead })
        }
    }

    @Test(
        "Too little room is found out before: for the zips, and for both where they share a disk",
        .enabled(if: TinyDisk.isPossible))
    func room() async throws {
        try await ServedStore.with(instancesPerSeries: 20) { store in
            let byteCount = try store.files().values.reduce(0) { $0 + $1.count }
            let zips = "\(TinyDisk.mount)/zips"
            let apart = try await CommandRun.cod(arguments(store, zips: zips), onDiskOf: 64 << 10)
            apart.expect(73, naming: "The disk of \(zips) has ", " free; the zip may take ", "--zip-dir", "--no-space-check")
            // Room for the files, but not for the zip beside them.
            let together = try await CommandRun.cod(
                arguments(store, zips: zips, output: "\(TinyDisk.mount)/out"), onDiskOf: byteCount * 2)
            together.expect(73, naming: "The disk of \(zips) has ", "the instances to save, on the same disk, ")
            #expect(!store.server.log.contains { $0.isArchiveRead })
            let dry = try await CommandRun.cod(arguments(store, zips: zips, "--dry-run"), onDiskOf: 64 << 10)
            dry.expect(0, naming: "A download would not begin: The disk of \(zips) has ")
        }
    }

    @Test("A disk that fills up ends with 74; what is saved stays, and the next run zips it", .enabled(if: TinyDisk.isPossible))
    func full() async throws {
        try await ServedStore.with(instancesPerSeries: 20) { store in
            let zips = "\(TinyDisk.mount)/zips"
            let run = try await CommandRun.cod(arguments(store, zips: zips, "--no-space-check"), onDiskOf: 64 << 10)
            run.expect(74, naming: "Cannot write \(zips)/\(store.study).zip: No space left on device.", "Stopped early")
            #expect(try store.scratch.files(in: "out") == store.files())
            store.server.clearLog()
            try await store.zip().expect(0)
            try await store.expectZipped()
            #expect(store.archiveByteCount == 0)
        }
    }

    @Test("A repeated run needs no room for a zip that is there", .enabled(if: TinyDisk.isPossible))
    func noRoomNeeded() async throws {
        try await ServedStore.with { store in
            try await store.zip().expect(0)
            let script =
                "mount -t tmpfs -o size=1M none \(TinyDisk.mount) && cp \"$ZIP\" \(TinyDisk.mount)/ && "
                + "{ head -c 2M /dev/zero > \(TinyDisk.mount)/filler 2>/dev/null; \"$@\"; }"
            let run = try await CommandRun.run(
                "/bin/sh",
                ["-c", "exec unshare --map-root-user --mount /bin/sh -c \"$SCRIPT\" sh \"$@\"", "sh", CommandRun.binary]
                    + arguments(store, zips: TinyDisk.mount), environment: ["SCRIPT": script, "ZIP": store.zipPath])
            run.expect(0, naming: "1 study zipped in")
        }
    }

    @Test(
        "A call that fails while a zip gets its name stops the run with 74 and leaves none; the next run makes it",
        .enabled(if: CommandRun.canFailCalls),
        arguments: [
            ("renameat:error=ENOSPC", "No space left on device"), ("renameat:error=EIO", "Input/output error"),
            ("linkat:error=EDQUOT", "Disk quota exceeded"),
        ])
    func failingCall(call: String, cause: String) async throws {
        try await ServedStore.with { store in
            try await ResumeTests.download(store).expect(0)
            try FileManager.default.createDirectory(atPath: store.scratch.path("zips"), withIntermediateDirectories: true)
            let run = try await CommandRun.cod(store.zipArguments(), failing: call, path: store.scratch.path("zips"))
            run.expect(74, naming: store.zipPath, cause, "Stopped early")
            #expect(store.zipNames.isEmpty)
            try await store.zip().expect(0)
            try await store.expectZipped()
        }
    }
}

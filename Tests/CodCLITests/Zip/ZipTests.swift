import CodCore
import CodTesting
import Foundation
import TestSupport
import Testing

@Suite("cod download --zip saves each study and zips it")
struct ZipTests {
    @Test(
        "All is saved and zipped, byte for byte; an event names the zip; the same command again costs nothing",
        arguments: [false, true])
    func zips(isHashed: Bool) async throws {
        try await ServedStore.with(hashed: isHashed) { store in
            let run = try await store.zip("--json")
            run.expect(0, naming: "all verified", "1 study zipped in \(store.scratch.path("zips")).")
            #expect(try store.scratch.files(in: "out") == store.files())
            try await store.expectZipped()
            let events = try run.objects()
            let archive = try #require(events.first { $0["event"] as? String == "archive" })
            #expect(archive["study"] as? String == store.study && archive["path"] as? String == store.zipPath)
            let size = try FileManager.default.attributesOfItem(atPath: store.zipPath)[.size] as? Int
            #expect(archive["size"] as? Int == size && events.last?["event"] as? String == "complete")
            #expect(events.count { $0["event"] as? String == "archive" } == 1)

            let before = try FileStamp(of: store.zipPath)
            store.server.clearLog()
            let again = try await store.zip("--json")
            again.expect(0, naming: "Nothing is missing.", "1 study zipped in")
            #expect(
                try again.objects().contains { $0["event"] as? String == "archive" && $0["path"] as? String == store.zipPath })
            #expect(try FileStamp(of: store.zipPath) == before && store.archiveByteCount == 0)
        }
    }

    @Test("A zip that was removed is made of what is saved, without a byte of an archive")
    func again() async throws {
        try await ServedStore.with { store in
            try await store.zip().expect(0)
            try FileManager.default.removeItem(atPath: store.zipPath)
            store.server.clearLog()
            try await store.zip().expect(0, naming: "1 study zipped in")
            #expect(store.archiveByteCount == 0)
            try await store.expectZipped()
        }
    }

    @Test("A folder of an earlier download is zipped, and a file that was lost since is fetched first")
    func afterwards() async throws {
        try await ServedStore.with { store in
            try await ResumeTests.download(store).expect(0)
            let lost = try #require(try store.files().keys.min())
            try FileManager.default.removeItem(atPath: store.scratch.path("out/\(lost)"))
            try await store.zip().expect(0, naming: "Saved 1 instance", "1 study zipped")
            try await store.expectZipped()
        }
    }

    @Test("With a date the same study gives the same bytes, whatever the number of connections")
    func reproducible() async throws {
        try await ServedStore.with { store in
            var zips: [Data] = []
            for (jobs, date) in [("1", "2026-01-31"), ("8", "2026-01-31"), ("8", "earliest")] {
                try? FileManager.default.removeItem(atPath: store.scratch.path("zips"))
                try await store.zip(output: "out-\(zips.count)", "--jobs", jobs, "--zip-date", date).expect(0)
                zips.append(try Data(contentsOf: URL(fileURLWithPath: store.zipPath)))
            }
            #expect(zips[0] == zips[1] && zips[0] != zips[2])
        }
    }

    @Test("A level of 0 compresses nothing, 9 more than the default")
    func levels() async throws {
        try await ServedStore.with { store in
            var sizes: [String: Int] = [:]
            for level in ["0", "1", "9"] {
                try? FileManager.default.removeItem(atPath: store.zipPath)
                try await store.zip("--zip-level", level).expect(0)
                try await store.expectZipped()
                sizes[level] = try FileManager.default.attributesOfItem(atPath: store.zipPath)[.size] as? Int
            }
            let (none, fast, small) = (try #require(sizes["0"]), try #require(sizes["1"]), try #require(sizes["9"]))
            let byteCount = try store.files().values.reduce(0) { $0 + $1.count }
            #expect(none > byteCount && none > fast && fast > small)
        }
    }

    @Test("Without --zip-dir zips go to the user's folder for downloads, without a home to the current one; --dry-run says where")
    func defaultFolder() async throws {
        try await ServedStore.with { store in
            let home = store.scratch.path("home")
            try FileManager.default.createDirectory(atPath: "\(home)/.config", withIntermediateDirectories: true)
            let arguments = Array(store.zipArguments().dropLast(2))
            let before = try store.scratch.entries()
            let dry = try await CommandRun.cod(arguments + ["--dry-run"], environment: ["HOME": home])
            dry.expect(0, naming: "saved to \(store.scratch.path("out")), and each whole study zipped in \(home)/Downloads.")
            #expect(try store.scratch.entries() == before)

            try await CommandRun.cod(arguments, environment: ["HOME": home]).expect(0, naming: "zipped in \(home)/Downloads.")
            try "XDG_DOWNLOAD_DIR=\"$HOME/Heruntergeladen\"\n".write(
                toFile: "\(home)/.config/user-dirs.dirs", atomically: true, encoding: .utf8)
            try await CommandRun.cod(arguments, environment: ["HOME": home]).expect(
                0, naming: "zipped in \(home)/Heruntergeladen.")
            try FileManager.default.createDirectory(atPath: store.scratch.path("here"), withIntermediateDirectories: true)
            try await CommandRun.cod(arguments, folder: store.scratch.path("here")).expect(0, naming: "zipped in .")
            let expected = UnpackedZip.expected(of: store.study, in: try store.files())
            for folder in ["home/Downloads", "home/Heruntergeladen", "here"] {
                #expect(try await UnpackedZip.files(in: store.scratch.path("\(folder)/\(store.study).zip")) == expected)
            }
        }
    }

    @Test("The zip of a selection holds the selection")
    func selection() async throws {
        try await ServedStore.with { store in
            let series = store.written.series[1].id.series
            try await store.zip("--series", series).expect(0, naming: "1 study zipped")
            let expected = UnpackedZip.expected(of: store.study, in: try store.files(in: [series]))
            #expect(try await UnpackedZip.files(in: store.zipPath) == expected)
            try await store.zip().expect(0)
            try await store.expectZipped()
        }
    }

    @Test("All of it may come from the environment; how to zip says nothing there without --zip")
    func environment() async throws {
        try await ServedStore.with { store in
            let details = [
                "COD_ZIP_DIR": store.scratch.path("zips"), "COD_ZIP_LEVEL": "0", "COD_ZIP_DATE": "earliest",
                "COD_ZIP_PARTIAL": "1",
            ]
            let arguments = Array(store.zipArguments().dropLast(3))
            try await CommandRun.cod(arguments, environment: details).expect(0)
            try await CommandRun.cod(arguments, environment: details.merging(["COD_ZIP": "0"]) { $1 }).expect(0)
            #expect(store.zipNames.isEmpty)
            try await CommandRun.cod(arguments, environment: details.merging(["COD_ZIP": "1"]) { $1 })
                .expect(0, naming: "1 study zipped")
            try await store.expectZipped()
            let mistake = try await CommandRun.cod(arguments, environment: ["COD_ZIP": "1", "COD_ZIP_LEVEL": "12"])
            mistake.expect(64, naming: "--zip-level is 12", "From the environment: COD_ZIP_LEVEL.")
        }
    }
}

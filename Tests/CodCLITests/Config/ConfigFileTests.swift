import CodCore
import Foundation
import Testing

@testable import CodCLI

@Suite("The configuration file is found, checked and never shown")
struct ConfigFileTests {
    @Test(
        "Where it is looked for",
        arguments: [
            (["HOME": "/h"], "/h/.config/cod/config.toml", false),
            (["HOME": "/h", "XDG_CONFIG_HOME": "/x"], "/x/cod/config.toml", false),
            (["HOME": "/h", "XDG_CONFIG_HOME": "x"], "/h/.config/cod/config.toml", false),
            (["HOME": "/h", "COD_CONFIG": "c.toml"], "c.toml", true), (["HOME": "/h", "COD_CONFIG": "/dev/null"], nil, false),
            (["HOME": ""], nil, false), ([:], nil, false),
        ] as [([String: String], String?, Bool)])
    func place(environment: [String: String], path: String?, isNamed: Bool) {
        let place = Config.place(environment: environment)
        #expect(place?.path == path && place?.isNamed ?? false == isNamed)
    }

    @Test(
        "What it must not hold is a usage error with file, line and key, and without the value",
        arguments: [
            ("jobs = 16\njbos = 1", ["line 2", "\"jbos\"", "did you mean jobs"]),
            ("jobs = true", ["\"jobs\" is true", "one value"]),
            ("json = \"canary-7f3a9c\"", ["line 1", "true or false"]), ("jobs = canary-7f3a9c", ["line 1", "quotation marks"]),
            ("modality = [true]", ["takes texts"]), ("jobs = [1]", ["is a list"]), ("[jobs]\nx = 1", ["\"jobs\"", "no table"]),
            ("source = \"https://p/b?token=canary-7f3a9c\"", ["line 1", "belongs into a profile"]),
            ("profile = \"a\"", ["profiles are tables"]), ("[profile.\"a b\"]", ["no name of a profile"]),
            ("[profile]\na = 1", ["profile.a", "no table"]), ("[profile.a]\nsource = 1", ["line 2", "a source is a text"]),
            ("[profile.a]\nsuorce = \"s\"", ["did you mean source"]), ("[profile.a.b]\njobs = 1", ["profile.a.b"]),
            ("[download]\njobs = 1", ["\"download\""]), ("a\u{0}", ["line 1"]),
            ("profile.a.profile = \"b\"", ["is no flag"]), ("help = true", ["is no flag"]),
        ])
    func mistakes(text: String, words: [String]) async throws {
        let scratch = try Scratch()
        try text.write(toFile: scratch.path("in"), atomically: true, encoding: .utf8)
        let run = try await CommandRun.cod(["stats", "gs://b"], environment: ["COD_CONFIG": scratch.path("in")])
        #expect(run.exitCode == 64)
        for word in words + [scratch.path("in")] { #expect(run.errors.contains(word), "\(word) is not in \(run.errors)") }
        #expect(!run.everything.contains("canary"))
    }

    @Test("A folder, a pipe, nothing, too much, no UTF-8 in its place; --help and --version do not look")
    func inTheWay() async throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path("folder"), withIntermediateDirectories: false)
        #expect(mkfifo(scratch.path("pipe"), 0o600) == 0)
        try Data(repeating: UInt8(ascii: "#"), count: 2 << 20).write(to: URL(fileURLWithPath: scratch.path("large")))
        try Data([0xFF, 0xFE]).write(to: URL(fileURLWithPath: scratch.path("bytes")))
        for (name, word) in [
            ("folder", "no regular file"), ("pipe", "no regular file"), ("none", "No such file"), ("large", "1048576 bytes"),
            ("bytes", "UTF-8"),
        ] {
            let environment = ["COD_CONFIG": scratch.path(name)]
            let run = try await CommandRun.cod(["stats", "gs://b"], environment: environment)
            run.expect(64, naming: word, scratch.path(name))
        }
        let environment = ["COD_CONFIG": scratch.path("bytes")]
        for arguments in [["--version"], ["--help"], ["download", "--help"], ["help", "stats"], ["stats", "-qh"]] {
            try await CommandRun.cod(arguments, environment: environment).expect(0)
        }
        // What lies in the usual place may be missing, but not damaged.
        try await CommandRun.cod(["config"], environment: ["XDG_CONFIG_HOME": scratch.path("none")]).expect(0)
        try await CommandRun.cod(["config"], environment: ["HOME": scratch.path("bytes")]).expect(0)
    }

    @Test(
        "A download of @site with the file's flags; the token in it is told of once where others can read it, and shown nowhere")
    func download() async throws {
        try await ServedStore.with { store in
            let home = try Scratch()
            let folder = home.path("in/cod")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let text = """
                endpoint = "\(store.endpoint)"
                [profile.site]
                source = "\(store.link)"
                output = "\(store.scratch.path("out"))"
                """
            try text.write(toFile: "\(folder)/config.toml", atomically: true, encoding: .utf8)
            let environment = ["XDG_CONFIG_HOME": home.path("in")]
            for (mode, isTold) in [(0o644, true), (0o600, false)] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder)/config.toml")
                let run = try await CommandRun.cod(["download", "@site", store.study], environment: environment)
                run.expect(0)
                #expect(run.errors.contains("chmod 600") == isTold)
                #expect(run.errors.split(separator: "\n").filter { $0.contains("mode 644") }.count == (isTold ? 1 : 0))
            }
            #expect(try store.scratch.files(in: "out") == store.files())
            let shown = try await CommandRun.cod(["config", "--profile", "site"], environment: environment)
            shown.expect(0)
            #expect(
                shown.output.contains("@site (on)") && shown.output.contains("endpoint = ") && shown.output.contains("line 1"))
            let json = try await CommandRun.cod(["config", "--json"], environment: environment)
            json.expect(0)
            #expect(try json.objects().first?["schema"] as? Int == 1)
        }
    }
}

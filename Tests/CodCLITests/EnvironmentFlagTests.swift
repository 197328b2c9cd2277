import CodCore
import CodTesting
import Foundation
import Testing

@testable import CodCLI

@Suite("Every long flag has an environment form, and what the command line says wins")
struct EnvironmentFlagTests {
    /// The commands' own description of themselves.
    private struct Dump: Decodable {
        struct Command: Decodable {
            let commandName: String
            let subcommands: [Command]?
            let arguments: [Argument]?
        }

        struct Argument: Decodable {
            struct Name: Decodable {
                let kind: String
                let name: String
            }

            let kind: String
            let isRepeating: Bool
            let names: [Name]?
        }

        let command: Command
    }

    @Test("The table has all long flags of all commands, each with its kind, and no others")
    func table() async throws {
        let run = try await CommandRun.cod(["--experimental-dump-help"])
        let dump = try JSONDecoder().decode(Dump.self, from: Data(run.output.utf8))
        let commands = (dump.command.subcommands ?? []).filter { $0.commandName != "help" }
        #expect(Set(commands.map(\.commandName)) == Set(EnvironmentFlags.flags.keys) && commands.count == 10)
        for command in commands {
            var flags: [String: EnvironmentFlags.Kind] = [:]
            for argument in command.arguments ?? [] {
                for name in argument.names ?? [] where name.kind == "long" && !["help", "version"].contains(name.name) {
                    flags[name.name] = argument.kind == "flag" ? .flag : argument.isRepeating ? .values : .value
                }
            }
            #expect(flags == EnvironmentFlags.flags[command.commandName], "\(command.commandName)")
        }
    }

    @Test(
        "The environment is added behind the command's name, for what the command line does not say",
        arguments: [
            (["download", "s"], ["COD_JOBS": "2"], ["download", "--jobs=2", "s"]),
            (["download", "s", "--jobs", "3"], ["COD_JOBS": "2"], ["download", "s", "--jobs", "3"]),
            (["download", "s", "--jobs=3"], ["COD_JOBS": "2"], ["download", "s", "--jobs=3"]),
            (["download", "s", "-j3"], ["COD_JOBS": "2"], ["download", "s", "-j3"]),
            (["download", "--", "--jobs"], ["COD_JOBS": "2"], ["download", "--jobs=2", "--", "--jobs"]),
            (["stats", "s"], ["COD_JOBS": "2"], ["stats", "s"]),
            (["stats", "s"], ["COD_SERIES": "1.2,1.3"], ["stats", "--series=1.2", "--series=1.3", "s"]),
            (["stats", "s", "--series", "1"], ["COD_SERIES": "1.2,1.3"], ["stats", "s", "--series", "1"]),
            (["stats", "s"], ["COD_JSON": "1", "COD_INSECURE": "0"], ["stats", "--json", "s"]),
            (["stats", "s"], ["COD_OUTPUT": ""], ["stats", "s"]),
            (["stats", "s"], ["COD_OUTPUT": "-x"], ["stats", "--output=-x", "s"]),
            (["stats", "s", "-v"], ["COD_QUIET": "1"], ["stats", "s", "-v"]),
            (["stats", "s", "-q"], ["COD_VERBOSE": "1"], ["stats", "s", "-q"]),
            (["stats", "s"], ["COD_NO_SUCH": "1", "CODE_JSON": "1", "cod_json": "1", "COD_HELP": "1"], ["stats", "s"]),
            (["--help"], ["COD_JOBS": "2"], ["--help"]), ([], ["COD_JOBS": "2"], []), (["fetch"], ["COD_JOBS": "2"], ["fetch"]),
        ] as [([String], [String: String], [String])])
    func merging(arguments: [String], environment: [String: String], merged: [String]) throws {
        #expect(try EnvironmentFlags.merging(arguments, environment: environment) == merged)
    }

    @Test("A flag is on or off; anything else is a mistake that names the variable")
    func onAndOff() async throws {
        for (value, isOn) in [
            ("1", true), ("true", true), ("YES", true), ("on", true), ("0", false), ("no", false), ("Off", false),
        ] {
            let merged = try EnvironmentFlags.merging(["stats"], environment: ["COD_JSON": value])
            #expect(merged.contains("--json") == isOn)
        }
        let run = try await CommandRun.cod(["stats", "gs://b"], environment: ["COD_INSECURE": "maybe"])
        run.expect(64, naming: "COD_INSECURE", "\"maybe\"", "1 or 0")
    }

    @Test("A mistake in the environment is a usage error that names the variable; one that no command knows is passed over")
    func mistakes() async throws {
        let environment = ["COD_JOBS": "0", "COD_TIMEOUT": "20", "COD_UNKNOWN": "x", "COD_": "x"]
        let run = try await CommandRun.cod(["download", "gs://b"], environment: environment)
        run.expect(64, naming: "--jobs is 0", "From the environment: COD_JOBS.")
        #expect(!run.errors.contains("COD_TIMEOUT"))
        let abc = try await CommandRun.cod(["stats", "gs://b"], environment: ["COD_TIMEOUT": "abc"])
        abc.expect(64, naming: "'abc'", "From the environment: COD_TIMEOUT.")
        let typed = try await CommandRun.cod(["download", "gs://b", "--jobs", "0"], environment: ["COD_JOBS": "4"])
        typed.expect(64, naming: "--jobs is 0")
        #expect(!typed.errors.contains("COD_JOBS"))
    }

    @Test("COD_OUTPUT, COD_ENDPOINT, COD_TOKEN_FILE, COD_SERIES, COD_JSON: a download without one flag")
    func download() async throws {
        try await ServedStore.with { store in
            try ServedStore.token.write(toFile: store.scratch.path("token"), atomically: true, encoding: .utf8)
            let chosen = Array(store.written.series.prefix(2).map(\.id.series))
            let run = try await CommandRun.cod(
                ["download", "gs://test-bucket/dicomweb", store.study],
                environment: [
                    "COD_OUTPUT": store.scratch.path("out"), "COD_ENDPOINT": store.endpoint, "COD_JSON": "1",
                    "COD_TOKEN_FILE": store.scratch.path("token"), "COD_SERIES": chosen.joined(separator: ","), "COD_QUIET": "1",
                ])
            run.expect(0)
            #expect(run.errors.isEmpty)
            #expect(try run.objects().last?["event"] as? String == "complete")
            #expect(try store.scratch.files(in: "out") == store.files(in: Set(chosen)))
        }
    }

    @Test("A flag goes before the environment")
    func flagWins() async throws {
        try await ServedStore.with { store in
            let run = try await CommandRun.cod(
                ["download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint],
                environment: ["COD_OUTPUT": store.scratch.path("other"), "COD_ENDPOINT": "http://127.0.0.1:1"])
            run.expect(0)
            #expect(try store.scratch.files(in: "out") == store.files())
            #expect(!FileManager.default.fileExists(atPath: store.scratch.path("other")))
        }
    }
}

import Testing

@Suite("Help is on standard output, with examples that can be copied")
struct HelpTests {
    static let commands = ["stats", "download", "plan", "run", "verify", "doctor", "config", "demo", "serve", "sample"]

    @Test(
        "--help of every command ends with 0 and has examples, none of them broken into two lines",
        arguments: [[]] + commands.map { [$0] })
    func help(command: [String]) async throws {
        for arguments in [command + ["--help"], command + ["-h"], ["help"] + command] {
            let run = try await CommandRun.cod(arguments)
            run.expect(0)
            #expect(run.errors.isEmpty)
            let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let start = try #require(lines.firstIndex(of: "EXAMPLES"))
            let examples = lines[(start + 1)...].prefix { !$0.isEmpty }
            #expect(!examples.isEmpty && examples.allSatisfy { $0.count <= 80 })
            #expect(examples.allSatisfy { $0.contains(#/^  (COD_TOKEN=… )?cod [a-z]+/#) }, "\(examples)")
            if let name = command.first { #expect(examples.allSatisfy { $0.contains("cod \(name)") }) }
            #expect(run.output.contains("USAGE: cod \(command.first ?? "<subcommand>")"))
        }
    }

    @Test("Without arguments the help is shown, with every command and exit code")
    func noArguments() async throws {
        let run = try await CommandRun.cod([])
        run.expect(0)
        #expect(run.errors.isEmpty)
        for command in Self.commands { #expect(run.output.contains("\n  \(command) ")) }
        for code in [0, 1, 64, 66, 69, 73, 74, 77, 130, 143] { #expect(run.output.contains(" \(code) "), "\(code)") }
    }

    @Test("--version is a version and nothing else")
    func version() async throws {
        let run = try await CommandRun.cod(["--version"])
        run.expect(0)
        #expect(run.output.wholeMatch(of: #/\d+\.\d+\.\d+(-[\w.]+)?\n/#) != nil && run.errors.isEmpty)
    }
}

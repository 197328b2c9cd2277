import Foundation
import Testing

@Suite("Shells complete commands, flags, files and profiles")
struct CompletionTests {
    /// A shell and where it is; `nil` where there is none.
    private static func path(of program: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Writes a shell's script into a folder.
    private static func script(for shell: String, in scratch: Scratch) async throws -> String {
        // No configuration file is read for it.
        let run = try await CommandRun.cod(
            ["--generate-completion-script", shell], environment: ["COD_CONFIG": scratch.path("none")])
        #expect(run.exitCode == 0 && run.errors.isEmpty)
        let file = scratch.path("cod.\(shell)")
        try run.output.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    @Test("Each script is one that its shell can read, and names every command", arguments: ["bash", "zsh", "fish"])
    func syntax(shell: String) async throws {
        let scratch = try Scratch()
        let file = try await Self.script(for: shell, in: scratch)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        for command in HelpTests.commands { #expect(text.contains(command), "\(command)") }
        guard let program = Self.path(of: shell) else {
            print("There is no \(shell) here: its script was not read by it.")
            return
        }
        let run = try await CommandRun.run(program, ["-n", file])
        #expect(run.exitCode == 0 && run.everything.isEmpty, "\(run.everything)")
    }

    @Test("bash completes what is typed up to the cursor")
    func bash() async throws {
        let bash = try #require(Self.path(of: "bash"))
        let scratch = try Scratch()
        let file = try await Self.script(for: "bash", in: scratch)
        let config = "[profile.site-a]\nsource = \"gs://b\"\n[profile.site-b]\n"
        try config.write(toFile: scratch.path("in"), atomically: true, encoding: .utf8)
        for name in ["folder-one", "folder-two", ".hidden"] {
            try FileManager.default.createDirectory(atPath: scratch.path(name), withIntermediateDirectories: false)
        }
        try Data().write(to: URL(fileURLWithPath: scratch.path("folder-file")))
        // As bash calls it: the line, its words, and where the cursor is.
        let complete = """
            . "$1"
            COMP_LINE="$2" COMP_POINT=${#2}
            read -ra COMP_WORDS <<<"$2"
            [[ "$2" != *" " ]] || COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
            _cod cod "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let folder = URL(fileURLWithPath: CommandRun.binary).deletingLastPathComponent().path
        let environment = [
            "PATH": "\(folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "")", "COD_CONFIG": scratch.path("in"),
        ]
        for (line, expected) in [
            ("cod dow", ["download"]), ("cod doc", ["doctor"]), ("cod download --zip-d", ["--zip-date", "--zip-dir"]),
            ("cod stats --log-level w", ["warning"]), ("cod download --profile ", ["site-a", "site-b"]),
            ("cod download @site-a", ["@site-a"]), ("cod doctor @", ["@site-a", "@site-b"]),
            ("cod download \(scratch.root)/folder-", ["folder-one", "folder-two"].map(scratch.path)),
            ("cod download -o \(scratch.root)/folder-t", [scratch.path("folder-two")]),
            ("cod download --token-file \(scratch.root)/folder-f", [scratch.path("folder-file")]), ("cod nonsense", []),
        ] {
            let run = try await CommandRun.run(
                bash, ["--norc", "-c", complete, "bash", file, line], environment: environment, folder: scratch.root)
            #expect(run.exitCode == 0 && run.lines.sorted() == expected, "\(line): \(run.everything)")
        }
    }
}

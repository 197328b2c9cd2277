import Foundation

/// `cod` run on a pseudo-terminal, and what somebody would see there.
struct Terminal {
    let run: CommandRun
    /// What stands on the screen at the end, were it wide enough for every line.
    private(set) var screen = [""]
    /// Each state of the line at the bottom that was overwritten later.
    private(set) var statusLines: [String] = []

    /// util-linux's `script` makes the pseudo-terminal.
    static let isPossible: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "script --version | grep -q util-linux"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// Runs `cod` on a terminal of some columns, with `input` typed. Its process's number goes to `pidFile`.
    static func cod(
        _ arguments: [String], columns: Int, environment: [String: String] = [:], input: String = "", folder: String? = nil,
        pidFile: String? = nil
    ) async throws -> Terminal {
        let words = ([CommandRun.binary] + arguments).map { "'\($0.replacing("'", with: "'\\''"))'" }
        let all = ["TERM": "xterm-256color", "SHELL": "/bin/sh"].merging(environment) { $1 }
        let run = try await CommandRun.run(
            "/bin/sh",
            [
                "-c", "exec script -qec \"$1\" /dev/null", "sh",
                "\(pidFile.map { "echo $$ > '\($0)'; " } ?? "")stty cols \(columns); exec \(words.joined(separator: " "))",
            ],
            environment: all, input: input, folder: folder)
        return Terminal(run)
    }

    private init(_ run: CommandRun) {
        self.run = run
        var rest = Array(run.output.unicodeScalars)[...]
        var column = 0
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\r":
                if rest.first != "\n", !screen[screen.count - 1].isEmpty { statusLines.append(screen[screen.count - 1]) }
                column = 0
            case "\n":
                screen.append("")
                column = 0
            case "\u{1B}" where rest.starts(with: "[K".unicodeScalars):
                rest = rest.dropFirst(2)
                screen[screen.count - 1] = String(screen[screen.count - 1].prefix(column))
            default:
                var line = Array(screen[screen.count - 1])
                if column < line.count { line[column] = Character(scalar) } else { line.append(Character(scalar)) }
                screen[screen.count - 1] = String(line)
                column += 1
            }
        }
    }
}

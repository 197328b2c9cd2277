import Foundation

extension SystemCalls {
    /// Runs `cod` to its end; answers also how often each system call was made, by name.
    static func counting(_ arguments: [String], environment: [String: String]) async throws -> (CommandRun, [String: Int]) {
        let scratch = try Scratch()
        let log = scratch.path("counts")
        let run = try await CommandRun.run(
            "/usr/bin/strace", ["-f", "-qq", "-c", "-o", log, CommandRun.binary] + arguments, environment: environment)
        return (run, counts(in: try String(contentsOfFile: log, encoding: .utf8)))
    }

    /// Reads the table of `strace -c`: share, seconds, microseconds a call, calls, errors where there are any, name.
    static func counts(in table: String) -> [String: Int] {
        var counts: [String: Int] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 5, let name = words.last, name != "total", let count = Int(words[3]) else { continue }
            counts[String(name)] = count
        }
        return counts
    }
}

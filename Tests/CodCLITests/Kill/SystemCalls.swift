import Foundation

/// Watches what a process asks of the system, and kills it there, by `strace`.
enum SystemCalls {
    private static let program = "/usr/bin/strace"

    /// Whether it is there and may watch a process: some containers do not let it.
    static let canBeWatched: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["-qq", "-o", "/dev/null", "/bin/true"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationReason == .exit && process.terminationStatus == 0
    }()

    /// Runs `cod`, killed as one of its threads is about to make a system call for the n-th time.
    static func killing(
        at call: String, number: Int, _ target: KillTarget, _ arguments: [String], environment: [String: String]
    ) async throws -> CommandRun {
        // A question mark before a name: not every architecture has the call.
        let set = call.split(separator: ",").map { "?\($0)" }.joined(separator: ",")
        return try await target.run(
            program,
            ["-f", "-qq", "-o", "/dev/null", "-e", "trace=\(set)", "-e", "inject=\(set):signal=KILL:when=\(number)"]
                + [CommandRun.binary] + arguments,
            environment: environment)
    }

    /// Runs `cod` to its end; answers also its system calls of these names, in order.
    static func watching(
        _ calls: [String], _ arguments: [String], environment: [String: String]
    ) async throws -> (CommandRun, [SystemCall]) {
        let scratch = try Scratch()
        let log = scratch.path("calls")
        let set = calls.map { "?\($0)" }.joined(separator: ",")
        let run = try await CommandRun.run(
            program,
            ["-f", "-qq", "-y", "-s", "65536", "-o", log, "-e", "trace=\(set)", "-e", "signal=none", CommandRun.binary]
                + arguments,
            environment: environment)
        return (run, SystemCall.calls(in: try String(contentsOfFile: log, encoding: .utf8)))
    }
}

/// A system call that succeeded, as `strace` tells it.
struct SystemCall {
    let name: String
    /// The arguments as they are printed: descriptors with their paths, texts in quotes.
    let arguments: String
    /// The lines of the log on which it began and ended.
    let began: Int
    let ended: Int

    /// The path behind the first descriptor among the arguments.
    var file: Substring {
        guard let start = arguments.firstIndex(of: "<") else { return "" }
        return arguments[arguments.index(after: start)...].prefix { $0 != ">" }
    }

    /// The texts among the arguments.
    var texts: [String] {
        arguments.split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map {
            String($0.element)
        }
    }

    /// Reads a log of `strace -f`: a line a call, or two where another thread came in between.
    static func calls(in log: String) -> [SystemCall] {
        var calls: [SystemCall] = []
        var open: [Substring: (name: Substring, arguments: Substring, began: Int)] = [:]
        for (number, line) in log.split(separator: "\n").enumerated() {
            let thread = line.prefix { $0 != " " }
            let rest = line.dropFirst(thread.count).drop { $0 == " " }
            func add(_ name: Substring, _ arguments: some StringProtocol, began: Int) {
                guard let end = arguments.range(of: "\\) += ", options: [.regularExpression, .backwards]),
                    arguments[end.upperBound...].first != "-"
                else { return }
                calls.append(
                    SystemCall(
                        name: String(name), arguments: String(arguments[..<end.lowerBound]), began: began, ended: number))
            }
            if rest.hasPrefix("<... ") {
                guard let before = open.removeValue(forKey: thread), let end = rest.range(of: "resumed>") else { continue }
                add(before.name, before.arguments + rest[end.upperBound...], began: before.began)
            } else if let parenthesis = rest.firstIndex(of: "(") {
                let arguments = rest[rest.index(after: parenthesis)...]
                if arguments.hasSuffix(" <unfinished ...>") {
                    open[thread] = (rest[..<parenthesis], arguments.dropLast(" <unfinished ...>".count), number)
                } else {
                    add(rest[..<parenthesis], arguments, began: number)
                }
            }
        }
        return calls
    }
}

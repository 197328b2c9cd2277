import CodCore
import Foundation

extension CommandRun {
    /// Runs `cod` under the limits that commands of the shell set first.
    static func cod(_ arguments: [String], under limits: String) async throws -> CommandRun {
        try await run("/bin/sh", ["-c", "\(limits) && exec \"$@\"", "sh", binary] + arguments)
    }

    /// Runs `cod` while the system fails some of its calls, as `strace` is told to: `linkat:error=EDQUOT:when=3+`. With `path`, those
    /// calls only that concern it.
    static func cod(_ arguments: [String], failing calls: String, path: String? = nil) async throws -> CommandRun {
        let name = String(calls.prefix { $0 != ":" })
        var options = ["-f", "-qq", "-o", "/dev/null", "-e", "trace=\(name)", "-e", "inject=\(calls)"]
        if let path { options += ["-P", path] }
        return try await run("/usr/bin/env", ["strace"] + options + [binary] + arguments)
    }

    /// Whether calls can be made to fail, and those are made that are to fail: files get their names by `linkat` where the system
    /// and the disk let them.
    static let canFailCalls: Bool = {
        guard let scratch = try? Scratch(), let folder = try? OpenFile.folder(at: scratch.root),
            (try? folder.link(folder.createUnnamed(), as: "named")) != nil
        else { return false }
        let strace = Process()
        strace.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        strace.arguments = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=linkat:error=EDQUOT", "/bin/true"]
        strace.standardError = FileHandle.nullDevice
        guard (try? strace.run()) != nil else { return false }
        strace.waitUntilExit()
        return strace.terminationStatus == 0
    }()
}

import Foundation

/// `cod` as somebody who may not write everywhere: as the user of the tests, or as nobody where that is root.
enum Unprivileged {
    /// Where tests run as root, `nobody` must be able to run the program.
    static let isPossible: Bool = {
        if !isRoot { return true }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = prefix + [CommandRun.binary, "--version"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    static func cod(_ arguments: [String]) async throws -> CommandRun {
        try await CommandRun.run("/usr/bin/env", (isRoot ? prefix : []) + [CommandRun.binary] + arguments)
    }

    private static let isRoot = geteuid() == 0
    private static let prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
}

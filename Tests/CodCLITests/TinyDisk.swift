import Foundation

/// A disk of a few pages, on which a run comes to the end of the space. It lives in a mount namespace of the command's own.
enum TinyDisk {
    static let mount = "/mnt"

    /// Where a user may mount something: Linux with namespaces for users.
    static let isPossible: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "unshare --map-root-user --mount mount -t tmpfs none \(mount)"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// Runs `cod` where ``mount`` is the disk; answers also what was saved in the folder `out` on it.
    static func run(
        _ arguments: [String], byteCount: Int, copyingTo scratch: Scratch
    ) async throws -> (CommandRun, saved: [String: Data]) {
        let script = """
            mount -t tmpfs -o size=\(byteCount) none \(mount) || exit 99
            "$@"; code=$?
            rm -rf "$KEPT"; cp -R \(mount)/out "$KEPT" || exit 98
            exit $code
            """
        let run = try await CommandRun.run(
            "/bin/sh",
            ["-c", "exec unshare --map-root-user --mount /bin/sh -c \"$SCRIPT\" sh \"$@\"", "sh", CommandRun.binary] + arguments,
            environment: ["SCRIPT": script, "KEPT": scratch.path("kept")])
        return (run, try scratch.files(in: "kept"))
    }
}

extension CommandRun {
    /// Runs `cod` where ``TinyDisk/mount`` is a disk of that size; of what is on it nothing is kept.
    static func cod(_ arguments: [String], onDiskOf byteCount: Int, options: String = "") async throws -> CommandRun {
        let script = "mount -t tmpfs -o size=\(byteCount)\(options) none \(TinyDisk.mount) || exit 99; exec \"$@\""
        return try await run(
            "/bin/sh", ["-c", "exec unshare --map-root-user --mount /bin/sh -c \"$SCRIPT\" sh \"$@\"", "sh", binary] + arguments,
            environment: ["SCRIPT": script])
    }
}

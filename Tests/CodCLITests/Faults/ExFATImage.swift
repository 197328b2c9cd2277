import Foundation

/// A disk with exFAT, which ignores case, in a file; mounted for one command at a time, in a mount namespace of its own.
struct ExFATImage {
    private static let script = """
        PATH=$PATH:/usr/sbin:/sbin
        loop=$(losetup -f --show "$IMAGE") || exit 99
        mount.exfat-fuse "$loop" "$MOUNT" >/dev/null 2>&1 || mount -t exfat "$loop" "$MOUNT" || { losetup -d "$loop"; exit 99; }
        losetup -d "$loop"
        cd "$MOUNT" && "$@"; code=$?
        cd /; rm -rf "$KEPT" && cp -R "$MOUNT" "$KEPT" || code=98
        umount "$MOUNT" || exit 97
        exit $code
        """

    let scratch: Scratch
    /// Where it is mounted while a command runs.
    let mount: String

    init(in scratch: Scratch) throws {
        self.scratch = scratch
        mount = scratch.path("disk")
        try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
        let status = try Self.status(
            of: "PATH=$PATH:/usr/sbin:/sbin; truncate -s 16M \"$1\" && mkfs.exfat \"$1\"", scratch.path("image"))
        if status != 0 { throw CocoaError(.fileWriteUnknown) }
    }

    /// Runs a program in the folder that the disk is mounted on; what is on it then is copied to the folder `kept`.
    func run(_ program: String, _ arguments: [String]) async throws -> CommandRun {
        try await CommandRun.run(
            "/bin/sh", ["-c", "exec unshare --mount /bin/sh -c \"$SCRIPT\" sh \"$@\"", "sh", program] + arguments,
            environment: ["SCRIPT": Self.script, "IMAGE": scratch.path("image"), "MOUNT": mount, "KEPT": scratch.path("kept")])
    }

    /// Where one can be made and mounted: Linux, as root, with exfatprogs and exfat-fuse or the kernel's own.
    static let isPossible: Bool = {
        guard FileManager.default.isWritableFile(atPath: "/dev/loop-control"), let scratch = try? Scratch(),
            let image = try? ExFATImage(in: scratch)
        else { return false }
        let command = """
            PATH=$PATH:/usr/sbin:/sbin; loop=$(losetup -f --show "$1") || exit 1
            unshare --mount sh -c 'mount.exfat-fuse "$1" "$2" || mount -t exfat "$1" "$2"; umount "$2"' sh "$loop" "$2"
            code=$?; losetup -d "$loop"; exit $code
            """
        return (try? status(of: command, scratch.path("image"), image.mount)) == 0
    }()

    private static func status(of command: String, _ arguments: String...) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command, "sh"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

import Foundation

/// A small disk with exFAT, which ignores case, for those who may mount one: Linux, as root, with exfatprogs and exfat-fuse or the
/// kernel's own.
package final class ExFATDisk {
    /// Whether this process can have one.
    package static let isPossible: Bool = {
        guard let folder = try? TemporaryFolder(), let disk = try? ExFATDisk(at: folder.path) else { return false }
        disk.end()
        return true
    }()

    private struct NotPossible: Error {}

    private let image: TemporaryFolder
    private let path: String
    private var isMounted = false

    /// Mounts a new one on a folder.
    package init(at path: String) throws {
        image = try TemporaryFolder()
        self.path = path
        guard FileManager.default.isWritableFile(atPath: "/dev/loop-control") else { throw NotPossible() }
        try Self.run(
            """
            # What serves the disk lives on, and must not hold on to what this process is watched by.
            for file in /proc/self/fd/*; do file=${file##*/}; [ "$file" -gt 2 ] && eval "exec $file>&-"; done
            PATH=$PATH:/usr/sbin:/sbin
            truncate -s 16M "$1" && mkfs.exfat "$1" && loop=$(losetup -f --show "$1") || exit 1
            mount.exfat-fuse "$loop" "$2" || mount -t exfat "$loop" "$2"; code=$?
            losetup -d "$loop"
            exit $code
            """, image["disk"], path)
        isMounted = true
    }

    deinit { end() }

    /// Takes it away.
    package func end() {
        if isMounted { try? Self.run("umount \"$1\" || umount -l \"$1\"", path) }
        isMounted = false
    }

    private static func run(_ script: String, _ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", script, "bash"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw NotPossible() }
    }
}

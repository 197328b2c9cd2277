import CodBenchKit
import CodCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Finds out what is measured, and on what.
struct Surroundings {
    let stamp: Stamp
    let conditions: Conditions

    /// - Parameter workshop: where the data will lie.
    init(of workshop: Workshop) async throws {
        let root = ReleaseBuild.root
        let commit = try await Self.output(of: "git -C '\(root)' rev-parse --short HEAD", in: workshop)
        let changes = try await Self.output(of: "git -C '\(root)' status --porcelain --untracked-files=no", in: workshop)
        stamp = Stamp(
            date: Date.now.formatted(.iso8601.year().month().day()), commit: commit.first ?? "unknown",
            isModified: !changes.isEmpty)
        let process = ProcessInfo.processInfo
        var peers: [String] = []
        for (program, version) in Self.peers where await workshop.has(program) {
            peers += try await Self.output(of: version, in: workshop).first.map { [$0] } ?? []
        }
        conditions = Conditions(
            processor: Self.processor ?? "unknown processor", coreCount: process.activeProcessorCount,
            memoryByteCount: Int64(clamping: process.physicalMemory),
            system: try await Self.output(of: "uname -sr | cut -d - -f 1", in: workshop).first ?? "unknown system",
            fileSystem: FileSystem(path: workshop.folder).kind ?? "the temporary folder's file system", peers: peers)
    }

    /// How each tells its version on one line.
    private static let peers = [
        ("tar", "tar --version | head -n 1"), ("bsdtar", "bsdtar --version | cut -d ' ' -f 1-2"),
        ("curl", "curl --version | head -n 1 | cut -d ' ' -f 1-2"),
        ("nginx", "nginx -v 2>&1 | cut -d ' ' -f 3"), ("zip", "zip -v | sed -n 's/^This is \\(Zip [0-9.]*\\).*/\\1/p'"),
        ("7z", "7z | sed -n '/[0-9]/{s/ [(:].*//;p;q;}'"), ("python3", "python3 --version"), ("pigz", "pigz --version 2>&1"),
    ]

    /// What Linux tells of it; `nil` elsewhere.
    private static var processor: String? {
        let lines = FileText.content(of: "/proc/cpuinfo").split(separator: "\n")
        return lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last.map {
            $0.split(separator: " ").joined(separator: " ")
        }
    }

    private static func output(of line: String, in workshop: Workshop) async throws -> [String] {
        let path = workshop.newName("said")
        _ = try await ChildProcess(shell: "{ \(line); } > '\(path)' 2>/dev/null").run()
        return FileText.content(of: path).split(separator: "\n").map { line in
            line.split(separator: " ").joined(separator: " ")
        }
    }
}

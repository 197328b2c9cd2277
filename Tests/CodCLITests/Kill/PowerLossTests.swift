import CodCore
import CodTesting
import Foundation
import Testing

@Suite("fault 41: the power fails: what is recorded is on the disk, and what is not is repaired", .timeLimit(.minutes(5)))
struct PowerLossTests {
    private static func withStore(_ body: (KillStore) async throws -> Void) async throws {
        let study = try SyntheticStudy(
            seed: 41, seriesCount: 3, instancesPerSeries: 5, rows: 16, columns: 16, payload: .noise(byteCount: 100 << 10))
        // Where a folder is on a disk and not in memory, there is a disk to be asked.
        try await KillStore.with([study], isOnDisk: true, body)
    }

    /// What changes the output, and what brings it to the disk.
    private static let calls = [
        "write", "writev", "pwrite64", "linkat", "rename", "renameat", "renameat2", "syncfs", "fsync", "fdatasync",
    ]

    @Test(
        "fault 41: an instance is written, then named; all of a portion are brought to the disk, then recorded; then comes log.json",
        .enabled(if: SystemCalls.canBeWatched, "strace is needed"), arguments: [1, 4])
    func order(connectionCount: Int) async throws {
        try await Self.withStore { store in
            let (run, calls) = try await SystemCalls.watching(
                Self.calls, store.arguments(to: "out", ["--jobs", "\(connectionCount)"]), environment: store.environment)
            run.expect(0, naming: "all verified")
            try store.expectComplete("out")
            let syncs = calls.filter { $0.name == "syncfs" }
            let logged = try #require(calls.first { $0.name.hasPrefix("rename") && $0.texts.last == "log.json" })
            var namedCount = 0
            for record in calls where record.name == "write" && record.file.contains("/.cod/records/") {
                let uids = record.texts[0].split(separator: "\\n").compactMap { $0.split(separator: " ").first }
                let names = calls.filter { call in
                    call.name == "linkat" && uids.contains { call.texts.last == "\($0).dcm" }
                }
                #expect(names.count == uids.count && !uids.isEmpty)
                namedCount += names.count
                // The last of them has its name before a sync begins that has ended before the record is written.
                let named = try #require(names.map(\.ended).max())
                #expect(syncs.contains { $0.began > named && $0.ended < record.began })
                for name in names {
                    let written = calls.filter { $0.name == "write" && $0.file == name.file }
                    #expect(!written.isEmpty && written.allSatisfy { $0.ended < name.began })
                }
                #expect(record.ended < logged.began)
            }
            #expect(namedCount == store.expected.count)
            // One for each portion and one at the end, after the log has its name.
            #expect(syncs.count == store.written.series.count + 1)
            #expect(syncs.contains { $0.began > logged.ended })
            #expect(calls.contains { $0.name == "fsync" && $0.ended < logged.began })
        }
    }

    @Test(
        "fault 41: a file that takes the place of another, or of a recorded one, is on the disk before it has the name",
        .enabled(if: SystemCalls.canBeWatched, "strace is needed"), arguments: [true, false])
    func replacing(isRecorded: Bool) async throws {
        try await Self.withStore { store in
            try await CommandRun.cod(store.arguments(to: "out"), environment: store.environment).expect(0)
            let paths = store.expected.keys.sorted()
            try FileManager.default.removeItem(atPath: store.scratch.path("out/\(paths[0])"))
            try Data("short".utf8).write(to: URL(fileURLWithPath: store.scratch.path("out/\(paths[7])")))
            // As when another process saved the file a moment ago, and has recorded it since.
            if !isRecorded { try FileManager.default.removeItem(atPath: store.scratch.path("out/.cod/records")) }
            let (run, calls) = try await SystemCalls.watching(
                Self.calls, store.arguments(to: "out"), environment: store.environment)
            run.expect(0, naming: "Saved 2 instances")
            try store.expectComplete("out")
            let syncs = calls.filter { $0.name == "fsync" && !$0.file.hasSuffix(".partial") }
            // Nothing vouches for a file that nobody recorded and that is not there.
            let replaced = isRecorded ? [paths[0], paths[7]] : [paths[7]]
            for path in replaced {
                let name = path.split(separator: "/").last
                // One that replaces a file is given a name of its own before, and then renamed.
                let naming = try #require(
                    calls.first { ["linkat", "renameat"].contains($0.name) && $0.texts.last == name.map(String.init) })
                #expect(syncs.contains { $0.ended < naming.began })
            }
            #expect(syncs.count >= replaced.count)
        }
    }

    /// What a crash may leave of a file.
    enum Damage: String, CaseIterable {
        case gone, empty, half, zerosBehind
        case recordTorn, recordZeros, recordZerosBehind, recordGone
        case logGone, logEmpty, logZeros, logHalf

        /// How many instances are to be fetched again.
        var lostCount: Int { [.gone, .empty, .half, .zerosBehind].contains(self) ? 1 : 0 }

        func apply(to store: KillStore) throws {
            let instance = try #require(store.expected.keys.sorted().dropFirst(3).first)
            let path =
                switch self {
                case .gone, .empty, .half, .zerosBehind: instance
                case .recordTorn, .recordZeros, .recordZerosBehind, .recordGone: ".cod/records/\(store.written.series[0].id).txt"
                case .logGone, .logEmpty, .logZeros, .logHalf: "log.json"
                }
            let url = URL(fileURLWithPath: store.scratch.path("out/\(path)"))
            let bytes = try Data(contentsOf: url)
            switch self {
            case .gone, .recordGone, .logGone: try FileManager.default.removeItem(at: url)
            case .empty, .logEmpty: try Data().write(to: url)
            case .half, .logHalf: try Data(bytes.prefix(bytes.count / 2)).write(to: url)
            case .recordTorn: try Data(bytes.dropLast(7)).write(to: url)
            case .zerosBehind, .recordZerosBehind: try (bytes + Data(count: 4096)).write(to: url)
            case .recordZeros, .logZeros: try Data(count: bytes.count).write(to: url)
            }
        }
    }

    @Test(
        "fault 41: records or log.json ahead of the data, or torn: the next run repairs it and fetches no more than is lost",
        arguments: Damage.allCases)
    func repair(_ damage: Damage) async throws {
        try await Self.withStore { store in
            try await CommandRun.cod(store.arguments(to: "out"), environment: store.environment).expect(0)
            try damage.apply(to: store)
            store.server.clearLog()
            let run = try await CommandRun.cod(store.arguments(to: "out"), environment: store.environment)
            run.expect(0, naming: damage.lostCount == 0 ? "Nothing is missing" : "Saved 1 instance")
            try store.expectComplete("out", besides: damage.rawValue.hasPrefix("log") ? [".cod/log.unreadable.json"] : [])
            let fetched = store.server.log.filter(\.isArchiveRead).reduce(0) { $0 + $1.byteCount }
            #expect(fetched <= Int64(damage.lostCount) * (store.byteCount / Int64(store.expected.count) + 64 << 10))
            // And it stays so.
            store.server.clearLog()
            try await CommandRun.cod(store.arguments(to: "out"), environment: store.environment).expect(
                0, naming: "Nothing is missing")
            #expect(!store.server.log.contains { $0.isArchiveRead })
        }
    }
}

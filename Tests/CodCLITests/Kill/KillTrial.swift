import CodTesting
import Foundation
import Testing

/// Kills one download after the other, each going on where the one before was killed, and judges what is on disk after each.
///
/// A download that came to its end unharmed is judged as a whole; the next one begins with an empty folder.
struct KillTrial {
    /// `COD_KILL_ROUNDS=10` makes ten times as many rounds.
    static let factor = ProcessInfo.processInfo.environment["COD_KILL_ROUNDS"].flatMap(Int.init) ?? 1

    let name: String
    let store: KillStore
    var fromFolder = false
    var more: [String] = []
    /// Whether what is saved is not fetched again.
    var savesTraffic = true
    var environment: [String: String] = [:]
    private(set) var random: SplitMix64
    private(set) var killedCount = 0
    private(set) var completeCount = 0
    private var runCount = 0
    /// By the tokens that they were given, which tell the store's requests apart.
    private var killedRuns: Set<String> = []

    init(
        _ name: String, _ store: KillStore, seed: UInt64, fromFolder: Bool = false, more: [String] = [],
        environment: [String: String] = [:]
    ) {
        (self.name, self.store, self.fromFolder, self.more) = (name, store, fromFolder, more)
        self.environment = store.environment.merging(environment) { $1 }
        random = SplitMix64(seed: seed)
    }

    private var output: String { "out-\(completeCount)" }

    /// Makes so many rounds, and then one that is left alone. `round` runs the command line that it is handed, and strikes.
    mutating func run(
        roundCount: Int, _ round: (inout SplitMix64, KillTarget, [String]) async throws -> CommandRun
    ) async throws {
        let goal = roundCount * Self.factor
        let start = ContinuousClock.now
        store.server.clearLog()
        while killedCount < goal {
            runCount += 1
            // Most points that are chosen must be reached: else this is no trial.
            guard runCount < 3 * goal + 10 else {
                Issue.record("\(name): of \(runCount) runs only \(killedCount) were killed")
                break
            }
            let token = "run-\(runCount)"
            try token.write(toFile: store.scratch.path("token"), atomically: true, encoding: .utf8)
            let arguments =
                store.arguments(to: output, fromFolder: fromFolder, more)
                + (fromFolder ? [] : ["--token-file", store.scratch.path("token"), "--insecure"])
            let run = try await round(&random, KillTarget(), arguments)
            if run.exitCode == SIGKILL {
                killedCount += 1
                try store.expectWhole(output, "\(name), kill \(killedCount)")
                killedRuns.insert(token)
            } else {
                try complete(run)
            }
        }
        store.server.clearScripts()
        try complete(
            await CommandRun.cod(
                store.arguments(to: output, fromFolder: fromFolder, more), environment: environment))
        // Who was killed may not have been missed yet.
        await store.server.stop()
        judgeTraffic(ContinuousClock.now - start)
    }

    private mutating func complete(_ run: CommandRun) throws {
        run.expect(0)
        try store.expectComplete(output)
        completeCount += 1
    }

    /// What the store sent to processes that were killed and could not be saved: of each archive an instance that was not whole, and
    /// what was in buffers. To be asked when the store has ended: it may miss who was killed late, and count then.
    ///
    /// A connection is asked for the next archive when the one before is saved: of each, the last one was under way.
    private var underWayByteCount: Int64 {
        let reads = store.server.log.filter { $0.isArchiveRead && killedRuns.contains($0.token ?? "") }
        let largest = store.expected.values.map(\.count).max() ?? 0
        // The store sends slow answers in pieces of a twentieth of a second.
        let buffered = (store.server.rules.bytesPerSecond ?? 20 << 20) / 20 + (1 << 20)
        return Dictionary(grouping: reads, by: \.connectionNumber).values.reduce(0) { sum, reads in
            sum + min(reads.max { $0.number < $1.number }?.byteCount ?? 0, Int64(largest) + buffered)
        }
    }

    /// What was not under way when a process was killed is fetched once.
    private func judgeTraffic(_ duration: Duration) {
        var line = "\(name): \(killedCount) kills, \(completeCount) complete, \(duration)"
        let reads = store.server.log.filter(\.isArchiveRead)
        if !reads.isEmpty {
            let wanted = Double(store.byteCount * Int64(completeCount))
            let served = Double(reads.reduce(0) { $0 + $1.byteCount })
            let settled = served - Double(underWayByteCount)
            line += "; served \(served / wanted) of the archives' sizes, \(settled / wanted) without what was under way at a kill"
            if savesTraffic { #expect(settled < 1.3 * wanted, "\(line)") }
        }
        if ProcessInfo.processInfo.environment["COD_KILL_REPORT"] != nil { print("kill: \(line)") }
    }
}

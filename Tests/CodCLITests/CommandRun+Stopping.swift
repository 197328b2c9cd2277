import Foundation

extension CommandRun {
    /// Runs `cod`, waits for `moment`, sends the process a signal; answers also how long it took from there to its end.
    static func cod(
        _ arguments: [String], environment: [String: String] = [:], stoppedBy signal: Int32,
        when moment: @escaping @Sendable () async -> Void
    ) async throws -> (CommandRun, Duration) {
        let (started, starts) = AsyncStream<Int32>.makeStream()
        async let ending = run(binary, arguments, environment: environment) { process in
            starts.yield(process.processIdentifier)
            starts.finish()
        }
        var identifier: Int32?
        for await started in started { identifier = started }
        await moment()
        let start = ContinuousClock.now
        if let identifier { kill(identifier, signal) }
        let run = try await ending
        return (run, ContinuousClock.now - start)
    }
}

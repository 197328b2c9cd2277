import Foundation

/// A `cod serve` that runs beside a test.
struct ServeRun {
    /// The first line that it prints.
    let endpoint: String
    let identifier: Int32

    /// Starts it, and runs `body` while it serves; then stops it by a signal, and answers how it ended.
    static func cod(
        _ arguments: [String], stoppedBy signal: Int32 = SIGINT, _ body: @Sendable (ServeRun) async throws -> Void
    ) async throws -> CommandRun {
        let scratch = try Scratch()
        let path = scratch.path("endpoint")
        // A pipe by name: reading its first line waits for it.
        guard mkfifo(path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
        let (started, starts) = AsyncStream<Int32>.makeStream()
        async let ending = CommandRun.run(
            "/bin/sh", ["-c", "exec \"$@\" > \"$PIPE\"", "sh", CommandRun.binary, "serve"] + arguments,
            environment: ["PIPE": path]
        ) { process in
            starts.yield(process.processIdentifier)
            starts.finish()
        }
        var identifier: Int32 = 0
        for await started in started { identifier = started }
        let server = ServeRun(endpoint: await firstLine(of: path), identifier: identifier)
        do {
            try await body(server)
        } catch {
            kill(identifier, SIGKILL)
            throw error
        }
        kill(identifier, signal)
        return try await ending
    }

    private static func firstLine(of path: String) async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let file = FileHandle(forReadingAtPath: path)
                var bytes = Data()
                while !bytes.contains(UInt8(ascii: "\n")), let piece = file?.availableData, !piece.isEmpty { bytes += piece }
                continuation.resume(returning: String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
            }
        }
    }
}

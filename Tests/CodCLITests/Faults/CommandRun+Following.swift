import Foundation

extension CommandRun {
    /// Runs `cod` and hands each line of its standard output to `follow` as it comes; it is not in the answer.
    static func cod(
        _ arguments: [String], environment: [String: String] = [:], following follow: @escaping @Sendable (String) -> Void
    ) async throws -> CommandRun {
        let scratch = try Scratch()
        let path = scratch.path("lines")
        // A pipe by name: it ends when the process does.
        guard mkfifo(path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
        async let ending = run(
            "/bin/sh", ["-c", "exec \"$@\" > \"$PIPE\"", "sh", binary] + arguments,
            environment: environment.merging(["PIPE": path]) { $1 })
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            DispatchQueue.global().async {
                let file = FileHandle(forReadingAtPath: path)
                var rest = Data()
                while let piece = file?.availableData, !piece.isEmpty {
                    rest += piece
                    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                        follow(String(decoding: rest[..<end], as: UTF8.self))
                        rest = Data(rest[rest.index(after: end)...])
                    }
                }
                continuation.resume()
            }
        }
        return try await ending
    }
}

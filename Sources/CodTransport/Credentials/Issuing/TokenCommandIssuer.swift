import CodCore
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// A command of the user's that prints a token, such as `gcloud auth print-access-token`.
struct TokenCommandIssuer: TokenIssuer {
    /// How much it may print.
    private static let outputByteCount = 64 << 10

    let command: String
    let timeout: Duration
    let timing: Timing

    func issue() async throws -> IssuedToken {
        let (status, output, said) = try await withThrowingTaskGroup(of: (String?, String?, String?)?.self) { group in
            group.addTask { try await run() }
            group.addTask {
                try await timing.sleep(timeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() ?? nil else {
                throw failure("has printed no token for \(timeout.components.seconds) seconds", said: nil)
            }
            return result
        }
        if let status { throw failure(status, said: said) }
        // White space alone is no token either.
        guard let secret = try TokenText.read(output ?? "", from: "What the token command printed") else {
            throw failure("printed nothing", said: said)
        }
        return IssuedToken(secret: secret, lifetime: nil)
    }

    /// How it failed, if it did; what it printed; and what it said beside.
    private func run() async throws -> (String?, String?, String?) {
        do {
            let result = try await Subprocess.run(
                .path("/bin/sh"), arguments: ["-c", command],
                // It has no use for a token that is there already.
                environment: .inherit.updating(["COD_TOKEN": nil]), output: .string(limit: Self.outputByteCount),
                error: .string(limit: Self.outputByteCount))
            let status: String? =
                switch result.terminationStatus {
                case .exited(0): nil
                case .exited(let code): "failed (exit code \(code))"
                case .signaled(let signal): "failed (signal \(signal))"
                }
            return (status, result.standardOutput, result.standardError)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return ("could not be run: \(error)", nil, nil)
        }
    }

    private func failure(_ what: String, said: String?) -> CodError {
        let line = said?.split(whereSeparator: \.isNewline).last.map { " It says: “\(String($0.prefix(300)).printable)”." } ?? ""
        return CodError(
            .unauthorized, "The token command \(what).\(line)",
            recovery: "Run it by itself: it must print a token, and nothing else, and exit with 0.", reach: .job)
    }
}

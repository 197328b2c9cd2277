import Foundation
import Synchronization

/// A process that is to be killed at a point of its progress: whoever sees that point calls ``strike()``.
final class KillTarget: Sendable {
    private enum State {
        case waiting(isDoomed: Bool)
        case running(Int32)
        case over
    }

    private let state = Mutex(State.waiting(isDoomed: false))

    /// Kills it, at once or, when it has not started yet, as soon as it has. Only the first call does anything.
    func strike() {
        state.withLock { state in
            switch state {
            case .waiting: state = .waiting(isDoomed: true)
            case .running(let identifier):
                kill(identifier, SIGKILL)
                state = .over
            case .over: break
            }
        }
    }

    private func started(_ identifier: Int32) {
        state.withLock { state in
            if case .waiting(isDoomed: true) = state {
                kill(identifier, SIGKILL)
                state = .over
            } else {
                state = .running(identifier)
            }
        }
    }

    /// Runs a program to its end, whichever it is. `onLine` is told of each line that it prints, counted from 1.
    func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:],
        onLine: (@Sendable (_ number: Int, _ line: String) -> Void)? = nil
    ) async throws -> CommandRun {
        defer { state.withLock { $0 = .over } }
        let pipe = onLine.map { LinePipe($0) }
        let run = try await CommandRun.run(program, arguments, environment: environment) { process in
            self.started(process.processIdentifier)
        } configure: { process in
            if let pipe { process.standardOutput = pipe.writing }
        }
        await pipe?.end()
        return run
    }

    /// Runs `cod` to its end, whichever it is.
    func cod(
        _ arguments: [String], environment: [String: String] = [:],
        onLine: (@Sendable (_ number: Int, _ line: String) -> Void)? = nil
    ) async throws -> CommandRun {
        try await run(CommandRun.binary, arguments, environment: environment, onLine: onLine)
    }
}

/// A pipe from a process, read line by line.
struct LinePipe: Sendable {
    private let pipe = Pipe()
    private let ending: AsyncStream<Void>

    var writing: FileHandle { pipe.fileHandleForWriting }

    init(_ found: @escaping @Sendable (_ number: Int, _ line: String) -> Void) {
        let reading = pipe.fileHandleForReading
        let (ending, ended) = AsyncStream<Void>.makeStream()
        self.ending = ending
        DispatchQueue.global().async {
            defer { ended.finish() }
            var (rest, number) = (Data(), 0)
            while true {
                let piece = reading.availableData
                if piece.isEmpty { return }
                rest += piece
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    number += 1
                    found(number, String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                    rest = Data(rest[(end + 1)...])
                }
            }
        }
    }

    /// The process is gone: returns when all that it printed was read.
    func end() async {
        try? pipe.fileHandleForWriting.close()
        for await _ in ending {}
    }
}

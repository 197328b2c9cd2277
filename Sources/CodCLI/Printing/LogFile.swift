import CodCore
import Dispatch
import Logging
import Synchronization
import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The file of `--log-file`: every line with its time (UTC) and level, appended.
///
/// Lines are written by a thread of its own, so that no connection waits for the file's disk; of those that wait 1 MiB is kept, and
/// what comes beyond that is left out and counted. Once the file cannot be written, that is said, and nothing more goes to it.
final class LogFile: Sendable {
    private static let opened = Mutex<LogFile?>(nil)
    /// The file of this process; `nil`: there is none.
    static var current: LogFile? { opened.withLock { $0 } }

    private static let mostWaitingByteCount = 1 << 20

    private struct State {
        var waiting: [String] = []
        var byteCount = 0
        var leftOutCount = 0
        var isScheduled = false
        var hasFailed = false
    }

    /// What is less is not written.
    let level: Logger.Level
    private let path: String
    private let file: FileDescriptor
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "cod.log-file")

    /// Opens a file for appending, or makes one that its owner alone may read. Throws when neither can be done.
    init(at path: String, level: Logger.Level) throws(Errno) {
        self.path = path
        self.level = level
        do {
            file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.append, .create, .closeOnExec], permissions: .ownerReadWrite)
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    deinit { try? file.close() }

    /// Makes it the file of this process.
    func use() { Self.opened.withLock { $0 = self } }

    /// Takes a line.
    func write(_ level: Logger.Level, _ message: String) {
        guard level >= self.level else { return }
        let time = Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let text = Redaction.clean(message).replacing("\n", with: "\n    ")
        let line = "\(time) \(level.rawValue) \(text)\n"
        let mustSchedule = state.withLock { state in
            if state.hasFailed { return false }
            guard state.byteCount + line.utf8.count <= Self.mostWaitingByteCount else {
                state.leftOutCount += 1
                return false
            }
            state.waiting.append(line)
            state.byteCount += line.utf8.count
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule { queue.async { self.drain() } }
    }

    /// Waits until all lines are written.
    func flush() { queue.sync { drain() } }

    private func drain() {
        let text = state.withLock { state in
            var lines = state.waiting.joined()
            if state.leftOutCount > 0 { lines += "(\(Amount.count(state.leftOutCount, "line")) left out: they came too fast.)\n" }
            (state.waiting, state.byteCount, state.leftOutCount, state.isScheduled) = ([], 0, 0, false)
            return lines
        }
        if text.isEmpty { return }
        do { try file.writeAll(text.utf8) } catch {
            let isFirst = state.withLock { state in
                defer { state.hasFailed = true }
                return !state.hasFailed
            }
            if isFirst { Console.standard.say("cod: The log \(path) cannot be written any more: \(error).") }
        }
    }
}

import Foundation
import Synchronization

/// The most memory that a process holds at a time, by Linux's own high-water mark, looked at every few milliseconds.
///
/// `wait4` does not serve: what it tells of a child begins with what its parent held when it was started.
final class PeakMemory: Sendable {
    private struct State {
        var peak: Int64?
        var watch: Task<Void, Never>?
    }

    private let state = Mutex(State())

    func watch(_ process: Int32) {
        let watch = Task.detached { [self] in
            while !Task.isCancelled, let mark = Self.highWaterMark(of: process) {
                state.withLock { $0.peak = max($0.peak ?? 0, mark) }
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
        state.withLock { $0.watch = watch }
    }

    /// Ends the watch; answers the mark, `nil` where there is none to read.
    func end() -> Int64? {
        state.withLock { state in
            state.watch?.cancel()
            return state.peak
        }
    }

    private static func highWaterMark(of process: Int32) -> Int64? {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return nil }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int64($0.filter(\.isNumber)) }.map { $0 << 10 }
    }
}

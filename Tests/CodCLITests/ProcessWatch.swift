import Foundation
import Synchronization

/// What Linux tells of a process while it runs, looked at every few milliseconds.
///
/// `wait4` does not serve for the memory: what it tells of a child begins with what its parent held when it was started.
final class ProcessWatch: Sendable {
    /// The last that was seen; `nil` where the system does not tell.
    struct Findings {
        /// The most memory that it held at a time, in bytes: the system's own high-water mark.
        var peakMemory: Int64?
        /// The most files, sockets and the like that were seen open at a time.
        var peakDescriptorCount: Int?
        /// Pages that processes of its own have touched, as far as it waited for them; more than none tells that there were some.
        var childPageCount: Int64?
    }

    private struct State {
        var findings = Findings()
        var watch: Task<Void, Never>?
    }

    private let state = Mutex(State())

    func watch(_ process: Int32) {
        let watch = Task.detached { [self] in
            while !Task.isCancelled, let mark = Self.highWaterMark(of: process) {
                let (descriptorCount, pageCount) = (Self.descriptorCount(of: process), Self.childPageCount(of: process))
                state.withLock { state in
                    state.findings.peakMemory = max(state.findings.peakMemory ?? 0, mark)
                    if let descriptorCount {
                        state.findings.peakDescriptorCount = max(state.findings.peakDescriptorCount ?? 0, descriptorCount)
                    }
                    state.findings.childPageCount = pageCount ?? state.findings.childPageCount
                }
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
        state.withLock { $0.watch = watch }
    }

    /// Ends the watch; answers what was seen.
    func end() -> Findings {
        state.withLock { state in
            state.watch?.cancel()
            return state.findings
        }
    }

    private static func highWaterMark(of process: Int32) -> Int64? {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return nil }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int64($0.filter(\.isNumber)) }.map { $0 << 10 }
    }

    private static func descriptorCount(of process: Int32) -> Int? {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd"))?.count
    }

    /// The fields `cminflt` and `cmajflt` of proc(5), `nil` where there are none; the name before them is in brackets and may hold anything.
    static func childPageCount(of process: Int32) -> Int64? {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[end...].split(separator: " ")
        guard fields.count > 11, let small = Int64(fields[9]), let large = Int64(fields[11]) else { return nil }
        return small + large
    }
}

import CodCore
import Synchronization
import SystemPackage

/// The file of a journal, which any number of threads append lines to: whoever finds nobody writing writes for all, so that nobody
/// waits for a line of another.
///
/// What it holds: 64 KiB of lines that wait, and what is being written. Lines that could not be written wait for the next call.
final class JournalFile: Sendable {
    private struct State {
        /// Where the next write begins.
        var byteCount: Int64
        var waiting: [UInt8] = []
        var isBeingWritten = false
    }

    /// Whoever adds more than this waits until it is written.
    private static let mostWaitingByteCount = 64 << 10

    private let file: OpenFile
    private let state: Guarded<State>
    private let turn = Mutex(())

    /// - Parameter byteCount: what is there already.
    init(_ file: OpenFile, byteCount: Int64) {
        self.file = file
        state = Guarded(State(byteCount: byteCount))
    }

    /// Adds a line. One that is `awaited` is in the file when the call returns; another may be written a moment later, by another thread.
    func append(_ line: [UInt8], isAwaited: Bool) throws(Errno) {
        let writes = state.withLock { state in
            state.waiting += line
            defer { state.isBeingWritten = true }
            return !state.isBeingWritten || isAwaited || state.waiting.count > Self.mostWaitingByteCount
        }
        if writes { try write() }
    }

    /// Writes all that waits, and what comes meanwhile.
    private func write() throws(Errno) {
        let result: Result<Void, Errno> = turn.withLock { _ in
            while let (lines, offset) = next() {
                do throws(Errno) {
                    try file.writeAll(lines.span.bytes, at: offset)
                } catch {
                    // What was written in part is written over by the next call.
                    state.withLock { state in
                        state.waiting.insert(contentsOf: lines, at: 0)
                        state.isBeingWritten = false
                    }
                    return .failure(error)
                }
                state.withLock { $0.byteCount += Int64(lines.count) }
            }
            return .success(())
        }
        try result.get()
    }

    private func next() -> (lines: [UInt8], offset: Int64)? {
        state.withLock { state in
            if state.waiting.isEmpty {
                state.isBeingWritten = false
                return nil
            }
            defer { state.waiting = [] }
            return (state.waiting, state.byteCount)
        }
    }
}

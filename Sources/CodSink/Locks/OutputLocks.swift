internal import CodCore
internal import Dispatch
internal import SystemPackage

/// Takes the locks of an output folder: waits a while where another process holds one, and says who.
struct OutputLocks: Sendable {
    /// How long it is waited for a lock.
    struct Bounds: Sendable {
        /// Then the user is told who holds it.
        var notice: Duration = .seconds(2)
        /// Then it is given up.
        var limit: Duration = .seconds(60)
        /// Then it is given up by a task that is cancelled: a run that is interrupted ends within two seconds, with two such waits.
        var limitWhenCancelled: Duration = .milliseconds(400)
        /// Between two attempts, after many.
        var longestPause: Duration = .milliseconds(100)
    }

    /// What the user calls the output folder; `nil` where names below it say enough.
    let path: String?
    var bounds = Bounds()
    /// Tells the user.
    var tell: @Sendable (String) -> Void = { _ in }
    /// Waits between two attempts, on the thread of who asks for the lock.
    var pause: @Sendable (Duration) -> Void = { OutputLocks.blockThread(for: $0) }
    /// The time since some moment.
    var now: @Sendable () -> Duration = { [start = ContinuousClock.now] in ContinuousClock.now - start }

    /// Locks a file for as long as it is open; `name` is its path below the output folder. Answers whether it is locked: a file
    /// system without locks is used without them. Blocks. Throws a ``CodError`` that says who holds it when it is given up.
    func take(_ file: OpenFile, _ name: String) throws(CodError) -> Bool {
        let start = now()
        var nextPause = Duration.milliseconds(1)
        var hasTold = false
        while true {
            do { if try file.lock(waiting: false) { return true } } catch { return false }
            let waited = now() - start
            let isCancelled = (try? BlockingCancellation.check()) == nil
            if waited >= (isCancelled ? min(bounds.limitWhenCancelled, bounds.limit) : bounds.limit) {
                throw held(file, name, for: waited)
            }
            if waited >= bounds.notice, !hasTold {
                hasTold = true
                tell("\(holder(of: file)) holds \(full(name)); waiting.")
            }
            pause(nextPause)
            nextPause = min(nextPause * 2, bounds.longestPause)
        }
    }

    /// Runs `body` while no other process makes or sweeps partial folders or merges `log.json`. `own` is the folder `.cod`. Throws
    /// an `Errno`, or a ``CodError`` when another process holds the lock for too long.
    func holdingOutput<Result>(of own: OpenFile, _ body: () throws(Errno) -> Result) throws -> Result {
        let lock = try own.openAppending(OutputLayout.lockName)
        let isLocked = try take(lock, "\(OutputLayout.ownName)/\(OutputLayout.lockName)")
        if isLocked { LockHolder.current.note(in: lock) }
        // The lock goes with the descriptor, which this holds open until then.
        defer { if isLocked { LockHolder.clear(lock) } else { withExtendedLifetime(lock) {} } }
        return try body()
    }

    private func held(_ file: OpenFile, _ name: String, for waited: Duration) -> CodError {
        let seconds = waited.components.seconds
        return CodError(
            .writeFailed,
            "\(holder(of: file)) holds \(full(name)); it was waited for \(seconds) second\(seconds == 1 ? "" : "s").",
            recovery:
                "Look whether that process is stopped or hangs, and end it or let it go on (\"lsof\" lists who has the file "
                + "open); then run the same command again.")
    }

    private func holder(of file: OpenFile) -> String {
        LockHolder(in: file).map { "The \($0.title)" } ?? "Another process"
    }

    private func full(_ name: String) -> String { path.map { "\($0)/\(name)" } ?? name }

    private static func blockThread(for duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = Int(clamping: seconds) &* 1_000_000_000 &+ Int(attoseconds / 1_000_000_000)
        // Nobody signals it: it only times out.
        _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .nanoseconds(nanoseconds))
    }
}

internal import Logging

/// Reads a portion's bytes out of a store.
///
/// A fetcher only opens: at an offset, pinned to the generation of the plan. Reopening after a break, waiting, counting and
/// noticing a body that ends too early are done here, once; nobody below notices a broken connection.
public protocol Fetcher: Stage where Input == Portion, Output == ByteStream {
    /// Opens the portion's bytes from `offset`, counted from the portion's first byte.
    ///
    /// The stream must begin with exactly that byte. Errors say by their ``CodError/transience-swift.property`` whether
    /// opening again can help.
    func open(_ portion: Portion, at offset: Int64) async throws -> ByteStream

    /// Where the work on a lane's portions should run; `nil` for Swift's shared threads.
    ///
    /// A pipeline runs as many lanes as it has connections, each one portion at a time. A fetcher whose sockets belong to a
    /// thread answers that thread's executor, so that a chunk passes all stages without a hop.
    func executor(forLane lane: Int) -> (any TaskExecutor)?
}

/// The number of the lane that the current task works on: `0 ..< connections`.
public enum Lane {
    /// The lane of the current task; 0 outside of a pipeline.
    public static var current: Int { number }

    /// What ``current`` answers: given out by who hands out portions, and by nobody else.
    @TaskLocal package static var number = 0
}

extension Fetcher {
    /// The threads that all tasks share.
    public func executor(forLane lane: Int) -> (any TaskExecutor)? { nil }

    /// Reads the portion from its first byte to its last, over as many connections as that takes: what the ``RetryPolicy``
    /// allows is opened again where it broke. Throws the error that stood when it was given up, and
    /// ``CodError/Code/checksumMismatch`` where a whole archive is not the one that the store lists.
    @concurrent public func run(_ input: consuming Portion, in context: StageContext) async throws -> ByteStream {
        let portion = input
        return ByteStream(of: portion) {
            var resumption = Resumption(
                portion: portion, policy: context.retry, verifiesArchive: context.verifiesArchives)
            var source: ByteStream.AsyncIterator?
            var excuse = PauseExcuse(pauseCount: context.timing.pauseCount())
            return ByteStream.AsyncIterator {
                while !resumption.isComplete {
                    do {
                        var bytes: ByteStream.AsyncIterator
                        if let open = source {
                            bytes = open
                        } else {
                            bytes = try await self.open(portion, at: resumption.receivedByteCount).makeAsyncIterator()
                            source = bytes
                        }
                        if let chunk = try await bytes.next() {
                            try resumption.received(chunk)
                            context.meter.received(chunk.count)
                            context.contact.make()
                            return chunk
                        }
                        try resumption.ended()
                        context.meter.received(portion)
                    } catch {
                        source = nil
                        if excuse.covers(error, pauseCount: context.timing.pauseCount()) {
                            context.logger.info("Asking for the rest, after a pause of this process: \(error).")
                            continue
                        }
                        if (error as? CodError)?.cause is StoreIsBusy { context.meter.slowedDown() }
                        let wait = try resumption.failed(
                            error, jitter: context.timing.jitter(), now: context.timing.now(),
                            hasContact: context.contact.isMade, isFirstContact: context.contact.isFirst)
                        context.meter.retried()
                        if let notice = context.contact.notice(of: error, under: context.retry) { context.notice(notice) }
                        context.logger.info("Trying again in \(wait.inSeconds), after: \(error)")
                        try await context.timing.sleep(wait)
                    }
                }
                return nil
            }
        }
    }
}

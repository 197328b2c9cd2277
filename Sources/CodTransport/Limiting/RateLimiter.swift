import CodCore
import Synchronization

/// Holds bytes of archives back, so that those of all lanes together come no faster than a given rate.
///
/// The reader of a body waits, and asks for no more meanwhile: TCP slows the sender, and nothing is queued but the chunk of each lane.
/// Nobody waits for bytes in that time, so a connection that is held back is not taken for a slow one.
final class RateLimiter: Sendable {
    private let rate: Mutex<ByteRate>
    private let timing: Timing

    init(bytesPerSecond: Int64, timing: Timing) {
        rate = Mutex(ByteRate(bytesPerSecond: bytesPerSecond))
        self.timing = timing
    }

    /// Waits until so many bytes may be passed on. Throws when the task is cancelled.
    func pass(_ byteCount: Int) async throws {
        let delay = rate.withLock { $0.delay(of: byteCount, now: timing.now()) }
        if delay > .zero { try await timing.sleep(delay) }
    }
}

extension ByteStream {
    /// The same bytes, no faster than a limiter lets them pass.
    func limited(by limiter: RateLimiter?) -> ByteStream {
        guard let limiter else { return self }
        return ByteStream(of: portion) {
            var source = makeAsyncIterator()
            return ByteStream.AsyncIterator {
                guard let chunk = try await source.next() else { return nil }
                try await limiter.pass(chunk.count)
                return chunk
            }
        }
    }
}

internal import NIOCore
internal import NIOSSL
internal import Synchronization

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// One client's connection, below HTTP: raw bytes, resets, and the news that the client has gone.
final class LoopbackConnection: Sendable {
    /// The connection was ended on purpose, or is gone: there is nothing more to say on it.
    struct Ended: Error {}

    let channel: any Channel
    /// Counts the store's connections from 0.
    let number: Int
    private let state = Mutex((hasGone: false, whenGone: [@Sendable () -> Void]()))

    init(_ channel: any Channel, number: Int) {
        self.channel = channel
        self.number = number
    }

    /// Writes bytes past HTTP and returns when the system has taken them.
    func write(_ bytes: ByteBuffer) async throws {
        let channel = channel
        try await channel.eventLoop.flatSubmit {
            let promise = channel.eventLoop.makePromise(of: Void.self)
            do {
                let context = try channel.pipeline.syncOperations.context(handlerType: ConnectionHandler.self)
                context.writeAndFlush(NIOAny(IOData.byteBuffer(bytes)), promise: promise)
            } catch {
                promise.fail(error)
            }
            return promise.futureResult
        }.get()
    }

    /// Closes it: what was written still arrives, then FIN; over TLS without a word that this is the end.
    func close() async throws {
        try await cut().get()
    }

    /// Closes the socket itself, past TLS, which would take its leave and wait for an answer.
    @discardableResult
    func cut() -> EventLoopFuture<Void> {
        let channel = channel
        return channel.eventLoop.flatSubmit {
            let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
            return tls?.close() ?? channel.close()
        }
    }

    /// Resets it: closing with a linger time of zero drops what is unsent and sends RST.
    func reset() async throws {
        if let options = channel as? any SocketOptionProvider {
            try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try await cut().get()
    }

    /// Waits until the gate opens; throws when the client goes away or the task is cancelled before that.
    func wait(for gate: LoopbackStore.Gate) async throws {
        let (news, continuation) = AsyncStream<Never>.makeStream()
        whenGone { continuation.finish() }
        gate.arrive { continuation.finish() }
        for await _ in news {}
        try Task.checkCancellation()
        if state.withLock({ $0.hasGone }) { throw Ended() }
    }

    /// Notes that the client has gone.
    func clientHasGone() {
        let waiting = state.withLock { state in
            state.hasGone = true
            defer { state.whenGone = [] }
            return state.whenGone
        }
        for resume in waiting { resume() }
    }

    private func whenGone(_ resume: @escaping @Sendable () -> Void) {
        let hasGone = state.withLock { state in
            if !state.hasGone { state.whenGone.append(resume) }
            return state.hasGone
        }
        if hasGone { resume() }
    }
}

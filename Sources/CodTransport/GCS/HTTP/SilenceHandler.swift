import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Fails a request when the server sends nothing, or too little, for too long although bytes are asked for; see ``Silence`` and
/// ``Slowness``.
///
/// It stands between the HTTP decoder and the client's own handler, which asks for bytes only when the body's reader does. The
/// client's read timeout would count the reader's time as well.
final class SilenceHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private let options: GCSOptions
    private let interval: TimeAmount
    private var silence: Silence
    /// Until the final head nothing counts as an answer: informational ones may come for ever.
    private var isHeadAwaited = false
    private var slowness: Slowness?
    private var tick: Scheduled<Void>?

    init(_ options: GCSOptions) {
        self.options = options
        let isPaced = options.minimumBytesPerSecond > 0
        let tick = (isPaced ? min(options.timeout, options.paceInterval) : options.timeout) / 4
        interval = TimeAmount(waiting: tick)
        silence = Silence(tickCount: Self.tickCount(of: options.timeout, each: tick))
        guard isPaced else { return }
        let byteCount = Double(options.minimumBytesPerSecond) * (options.paceInterval / .seconds(1))
        slowness = Slowness(
            minimumByteCount: Int64(byteCount.rounded()), tickCount: Self.tickCount(of: options.paceInterval, each: tick))
    }

    private static func tickCount(of duration: Duration, each tick: Duration) -> Int {
        max(1, Int((duration / tick).rounded(.up)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head = unwrapOutboundIn(data) {
            silence.sent()
            isHeadAwaited = true
            schedule(context)
        }
        context.write(data, promise: promise)
    }

    func read(context: ChannelHandlerContext) {
        silence.asked()
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        // After 101 there is no other head.
        if case .head(let head) = part, head.status.code >= 200 || head.status == .switchingProtocols {
            isHeadAwaited = false
            slowness?.began()
        }
        if !isHeadAwaited { silence.received() }
        switch part {
        case .head: break
        case .body(let buffer): slowness?.received(buffer.readableBytes)
        case .end: stop()
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !isHeadAwaited { silence.answered() }
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
    }

    private func schedule(_ context: ChannelHandlerContext) {
        tick?.cancel()
        tick = context.eventLoop.assumeIsolated().scheduleTask(in: interval) {
            guard self.tick != nil else { return }
            if let failure = self.failure() {
                self.stop()
                context.fireErrorCaught(failure)
            } else {
                self.schedule(context)
            }
        }
    }

    private func failure() -> (any Error)? {
        let tooFew = slowness?.ticked(isAwaited: silence.isAwaited)
        if silence.ticked() { return HTTPClientError.readTimeout }
        return tooFew.map {
            TooSlow(byteCount: $0, interval: options.paceInterval, minimumBytesPerSecond: options.minimumBytesPerSecond)
        }
    }

    private func stop() {
        tick?.cancel()
        tick = nil
        slowness?.ended()
    }
}

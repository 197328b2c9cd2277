import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Fails a request when the server sends nothing for too long although bytes are asked for; see ``Silence``.
///
/// It stands between the HTTP decoder and the client's own handler, which asks for bytes only when the body's reader does. The
/// client's read timeout would count the reader's time as well.
final class SilenceHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private let interval: TimeAmount
    private var silence = Silence()
    private var tick: Scheduled<Void>?

    init(timeout: Duration) {
        interval = TimeAmount(waiting: timeout / Silence.tickCount)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head = unwrapOutboundIn(data) {
            silence.sent()
            schedule(context)
        }
        context.write(data, promise: promise)
    }

    func read(context: ChannelHandlerContext) {
        silence.asked()
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        silence.received()
        if case .end = unwrapInboundIn(data) { stop() }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        silence.answered()
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
            if self.silence.ticked() {
                self.stop()
                context.fireErrorCaught(HTTPClientError.readTimeout)
            } else {
                self.schedule(context)
            }
        }
    }

    private func stop() {
        tick?.cancel()
        tick = nil
    }
}

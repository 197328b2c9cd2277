import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A service that answers every request with one token.
final class TokenService: Sendable {
    private let channel: any Channel
    private let count: Counter

    private final class Counter: Sendable { let value = Atomic(0) }

    var endpoint: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    /// How many requests came.
    var requestCount: Int { count.value.load(ordering: .relaxed) }

    private init(_ channel: any Channel, _ count: Counter) { (self.channel, self.count) = (channel, count) }

    static func start(token: String) async throws -> TokenService {
        let count = Counter()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.configureHTTPServerPipeline()
                    try child.pipeline.syncOperations.addHandler(
                        Answering(body: #"{"access_token":"\#(token)","expires_in":3599,"token_type":"Bearer"}"#) {
                            count.value.add(1, ordering: .relaxed)
                        })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TokenService(channel, count)
    }

    func stop() async { try? await channel.close() }

    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let body: String
        private let counted: () -> Void

        init(body: String, counted: @escaping () -> Void) { (self.body, self.counted) = (body, counted) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .end = unwrapInboundIn(data) else { return }
            counted()
            let buffer = context.channel.allocator.buffer(string: body)
            let head = HTTPResponseHead(
                version: .http1_1, status: .ok,
                headers: ["content-length": "\(buffer.readableBytes)", "content-type": "application/json"])
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}

internal import NIOCore
internal import NIOPosix
internal import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An HTTP server on loopback that answers request after request as a script says, and keeps a log of them.
package final class ScriptedServer: Sendable {
    package struct Request: Sendable, Hashable {
        package let target: String
        /// Names in lower case.
        package let headers: [String: String]
        package var body = ""

        /// The values of the query, as they are written.
        package var query: [String: String] {
            let pairs = target.split(separator: "?").dropFirst().joined().split(separator: "&")
            return Dictionary(
                pairs.map { pair in
                    let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                    return (parts[0], parts.count > 1 ? parts[1] : "")
                }, uniquingKeysWith: { _, last in last })
        }
    }

    package struct Reply: Sendable {
        package enum Ending: Sendable { case keepAlive, close, reset, stall, repeatForEver }

        package var text = ""
        package var body: [UInt8] = []
        package var ending = Ending.keepAlive

        package static func raw(_ head: String, _ body: [UInt8] = [], _ ending: Ending = .keepAlive) -> Reply {
            Reply(text: head, body: body, ending: ending)
        }

        /// An answer with a length, kept alive.
        package static func status(_ status: Int, _ body: String = "", _ headers: [String: String] = [:]) -> Reply {
            .bytes(Array(body.utf8), status: status, headers)
        }

        /// `announced`: the length that the head gives where it is not the body's.
        package static func bytes(
            _ body: [UInt8], status: Int = 200, _ headers: [String: String] = [:], announced: Int? = nil,
            _ ending: Ending = .keepAlive
        ) -> Reply {
            let lines = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
            return Reply(
                text: "HTTP/1.1 \(status) X\r\ncontent-length: \(announced ?? body.count)\r\n\(lines)\r\n", body: body,
                ending: ending)
        }
    }

    package typealias Step = @Sendable (Request) -> Reply

    private struct State {
        var steps: [Step]
        var requests: [Request] = []
    }

    /// What connections share with the server, which must not keep it alive.
    private final class Script: Sendable {
        let state: Mutex<State>
        let openedCount = Atomic(0)

        init(_ steps: [Step]) { state = Mutex(State(steps: steps)) }

        func answer(_ request: Request) -> Reply {
            let step: Step? = state.withLock { state in
                state.requests.append(request)
                return state.steps.isEmpty ? nil : state.steps.removeFirst()
            }
            return step?(request) ?? .status(418, "the script has no answer")
        }
    }

    private let script: Script
    private let channel: any Channel
    /// Yields once for each connection that is closed.
    package let closedConnections: AsyncStream<Void>

    package init(_ steps: [Step]) async throws {
        let (closed, continuation) = AsyncStream<Void>.makeStream()
        closedConnections = closed
        let script = Script(steps)
        self.script = script
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                script.openedCount.add(1, ordering: .relaxed)
                child.closeFuture.whenComplete { _ in continuation.yield() }
                return child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(ScriptHandler { script.answer($0) })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    package convenience init(_ count: Int, _ step: @escaping Step) async throws {
        try await self.init(Array(repeating: step, count: count))
    }

    package convenience init(_ replies: Reply...) async throws {
        try await self.init(replies.map { reply in { _ in reply } })
    }

    package var port: Int { channel.localAddress?.port ?? 0 }
    package var url: String { "http://127.0.0.1:\(port)" }
    package var requests: [Request] { script.state.withLock { $0.requests } }

    /// How many connections were opened.
    package var connectionCount: Int { script.openedCount.load(ordering: .relaxed) }

    /// Adds a step to the script's end.
    package func append(_ reply: Reply) {
        script.state.withLock { $0.steps.append { _ in reply } }
    }

    deinit {
        channel.close(promise: nil)
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: (ScriptedServer.Request) -> ScriptedServer.Reply
    private var received = ""

    init(_ answer: @escaping (ScriptedServer.Request) -> ScriptedServer.Reply) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        while let end = received.firstRange(of: "\r\n\r\n") {
            let lines = received[..<end.lowerBound].split(separator: "\r\n").map(String.init)
            let rest = received[end.upperBound...]
            let headers = lines.dropFirst().map { line in
                let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
                return (parts[0].lowercased(), parts[1].drop { $0 == " " }.description)
            }
            let target = lines[0].split(separator: " ")[1]
            let bodyByteCount = headers.first { $0.0 == "content-length" }.flatMap { Int($0.1) } ?? 0
            guard rest.utf8.count >= bodyByteCount else { return }
            let body = String(decoding: rest.utf8.prefix(bodyByteCount), as: UTF8.self)
            received = String(decoding: rest.utf8.dropFirst(bodyByteCount), as: UTF8.self)
            reply(
                answer(
                    ScriptedServer.Request(
                        target: String(target), headers: Dictionary(headers, uniquingKeysWith: { "\($0), \($1)" }), body: body)),
                context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func reply(_ reply: ScriptedServer.Reply, _ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(string: reply.text)
        buffer.writeBytes(reply.body)
        let bytes = buffer
        let loopContext = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(buffer)).whenComplete { _ in
            let context = loopContext.value
            switch reply.ending {
            case .keepAlive, .stall: break
            case .repeatForEver:
                let task = context.eventLoop.scheduleRepeatedTask(
                    initialDelay: .milliseconds(50), delay: .milliseconds(50)
                ) { _ in loopContext.value.writeAndFlush(NIOAny(bytes), promise: nil) }
                context.channel.closeFuture.whenComplete { _ in task.cancel() }
            case .close: context.close(promise: nil)
            case .reset:
                // Closing with a linger time of zero sends a reset.
                _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                context.close(promise: nil)
            }
        }
    }
}

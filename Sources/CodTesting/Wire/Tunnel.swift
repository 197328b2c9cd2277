internal import NIOCore
internal import NIOPosix

/// One client of a proxy: reads what it asks for, and carries bytes in both directions once it has a tunnel.
struct Tunnel {
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// What a client asked for.
    struct Head: Sendable {
        let method: String
        let target: String
        /// By lower-case name.
        let headers: [String: String]
    }

    enum Decision: Sendable {
        case connect(port: Int)
        case refuse(Int)

        var status: Int {
            switch self {
            case .connect: 200
            case .refuse(let status): status
            }
        }
    }

    /// More than this is no head of a request.
    private static let maximumHeadByteCount = 16 << 10

    let client: Connection
    /// `nil` when there is no proxy any more.
    let decide: @Sendable (Head) -> Decision?

    /// Returns when the client or the tunnel has gone.
    @concurrent
    func run() async {
        // A connection that breaks is closed by this, and nobody needs to hear of it.
        try? await client.executeThenClose { inbound, outbound in
            var bytes = inbound.makeAsyncIterator()
            var received = ByteBuffer()
            while Head.end(in: received) == nil, received.readableBytes <= Self.maximumHeadByteCount {
                guard let more = try await bytes.next() else { return }
                received.writeImmutableBuffer(more)
            }
            guard let head = Head(taking: &received), let decision = decide(head) else { return }
            switch decision {
            case .refuse(let status):
                let login = status == 407 ? "proxy-authenticate: Basic realm=\"loopback\"\r\n" : ""
                try await outbound.write(
                    ByteBuffer(string: "HTTP/1.1 \(status) Refused\r\n\(login)content-length: 0\r\n\r\n"))
                outbound.finish()
                while try await bytes.next() != nil { continue }
            case .connect(let port):
                let host: Connection
                do { host = try await Self.connect(to: port) } catch {
                    try await outbound.write(ByteBuffer(string: "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"))
                    outbound.finish()
                    while try await bytes.next() != nil { continue }
                    return
                }
                try await outbound.write(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"))
                try await carry(received, &bytes, outbound, to: host)
            }
        }
    }

    private func carry(
        _ first: ByteBuffer, _ bytes: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, to host: Connection
    ) async throws {
        try await host.executeThenClose { fromHost, toHost in
            async let answers: Void = {
                do {
                    for try await piece in fromHost { try await outbound.write(piece) }
                    outbound.finish()
                } catch {
                    // The other direction waits for the client, who is waiting for this one.
                    client.channel.close(promise: nil)
                    throw error
                }
            }()
            if first.readableBytes > 0 { try await toHost.write(first) }
            while let piece = try await bytes.next() { try await toHost.write(piece) }
            toHost.finish()
            try await answers
        }
    }

    private static func connect(to port: Int) async throws -> Connection {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try Connection(wrapping: channel) }
            }
    }
}

extension Tunnel.Connection {
    /// Each direction ends on its own.
    init(wrapping channel: any Channel) throws {
        try self.init(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }
}

extension Tunnel.Head {
    /// Where the head ends, the empty line included, counted from the first byte.
    static func end(in buffer: ByteBuffer) -> Int? {
        let end = Array("\r\n\r\n".utf8)
        let bytes = buffer.readableBytesView
        return bytes.indices.first { bytes[$0...].starts(with: end) }.map { $0 - bytes.startIndex + end.count }
    }

    /// Takes the head out of what was received; `nil` for what is none.
    init?(taking buffer: inout ByteBuffer) {
        guard let end = Self.end(in: buffer), let text = buffer.readString(length: end) else { return nil }
        let lines = text.split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].drop { $0 == " " }.description }
        }
        self.init(method: String(words[0]), target: String(words[1]), headers: headers)
    }
}

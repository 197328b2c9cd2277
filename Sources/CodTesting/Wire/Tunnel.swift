internal import NIOCore
internal import NIOPosix

/// One client of a proxy: hears what it asks for, by `CONNECT` or by SOCKS 5, and carries bytes in both directions once it has a
/// tunnel.
struct Tunnel {
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// What a client asked for.
    struct Head: Sendable {
        /// `SOCKS` for what was no HTTP.
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

    let client: Connection
    /// `nil` when there is no proxy any more.
    let decide: @Sendable (Head) -> Decision?

    /// Returns when the client or the tunnel has gone.
    @concurrent
    func run() async {
        // A connection that breaks is closed by this, and nobody needs to hear of it.
        try? await client.executeThenClose { inbound, outbound in
            var incoming = Incoming(inbound)
            guard try await incoming.fill(1) else { return }
            let isSOCKS = incoming.buffer.readableBytesView.first == SOCKS.version
            let head = isSOCKS ? try await SOCKS.head(of: &incoming, outbound) : try await Head(of: &incoming)
            guard let head, let decision = decide(head) else { return }
            var status = decision.status
            var host: Connection?
            if case .connect(let port) = decision {
                do { host = try await Self.connect(to: port) } catch { status = 502 }
            }
            let reply = isSOCKS ? SOCKS.reply(status) : head.reply(status)
            if let host { return try await carry(&incoming, outbound, to: host, after: reply) }
            try await outbound.write(reply)
            outbound.finish()
            while try await incoming.next() != nil { continue }
        }
    }

    /// Carries bytes once the client has the reply.
    private func carry(
        _ incoming: inout Incoming, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, to host: Connection,
        after reply: ByteBuffer
    ) async throws {
        // The client may have gone before the reply: the connection must be closed in any case.
        try await host.executeThenClose { fromHost, toHost in
            try await outbound.write(reply)
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
            while let piece = try await incoming.next() { try await toHost.write(piece) }
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

extension Tunnel {
    /// What comes from a client, with what has come and was not taken yet.
    struct Incoming {
        /// More than this is no request for a tunnel.
        static let maximumHeadByteCount = 16 << 10

        private(set) var buffer = ByteBuffer()
        private var pieces: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator

        init(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>) {
            pieces = inbound.makeAsyncIterator()
        }

        /// What there is, or comes next; `nil` at the end.
        mutating func next() async throws -> ByteBuffer? {
            guard buffer.readableBytes == 0 else {
                defer { buffer = ByteBuffer() }
                return buffer
            }
            return try await pieces.next(isolation: #isolation)
        }

        /// Waits until so many bytes are there; whether they are.
        mutating func fill(_ count: Int) async throws -> Bool {
            while buffer.readableBytes < count {
                guard buffer.readableBytes <= Self.maximumHeadByteCount, let more = try await pieces.next(isolation: #isolation)
                else { return false }
                buffer.writeImmutableBuffer(more)
            }
            return true
        }

        /// Takes so many bytes; `nil` when the client has gone before that.
        mutating func take(_ count: Int) async throws -> [UInt8]? {
            try await fill(count) ? buffer.readBytes(length: count) : nil
        }
    }
}

extension Tunnel.Head {
    /// Reads the head of a request; `nil` for what is none.
    init?(of incoming: inout Tunnel.Incoming) async throws {
        let end = Array("\r\n\r\n".utf8)
        var bytes: [UInt8] = []
        while bytes.count < end.count || !bytes.suffix(end.count).elementsEqual(end) {
            guard bytes.count <= Tunnel.Incoming.maximumHeadByteCount, let byte = try await incoming.take(1) else { return nil }
            bytes += byte
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].drop { $0 == " " }.description }
        }
        self.init(method: String(words[0]), target: String(words[1]), headers: headers)
    }

    /// The answer to a request.
    func reply(_ status: Int) -> ByteBuffer {
        if status == 200 { return ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n") }
        let login = status == 407 ? "proxy-authenticate: Basic realm=\"loopback\"\r\n" : ""
        return ByteBuffer(string: "HTTP/1.1 \(status) Refused\r\n\(login)content-length: 0\r\n\r\n")
    }
}

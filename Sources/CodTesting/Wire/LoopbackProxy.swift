internal import CodCore
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// An HTTP proxy on loopback that opens tunnels (`CONNECT`) to ports of this machine, keeps a log, and can be told to refuse.
///
/// It knows names that nobody else does, so that what goes through a proxy can be told from what does not:
///
/// ```swift
/// var rules = LoopbackProxy.Rules()
/// rules.hosts = ["store.example": port]
/// try await LoopbackProxy.withProxy(rules: rules) { proxy in
///     …  // a client with HTTPS_PROXY=proxy.address finds https://store.example at that port
/// }
/// ```
public final class LoopbackProxy: Sendable {
    /// A request as the log keeps it.
    public struct Request: Sendable, Hashable {
        /// `CONNECT`, if the client is right.
        public let method: String
        /// What it asked for: `host:port`.
        public let target: String
        /// Header fields by lower-case name. **`proxy-authorization` is among them.**
        public let headers: [String: String]
        /// The status that it was answered.
        public let status: Int
    }

    /// What it does with requests; may be changed while it runs.
    public struct Rules: Sendable {
        /// The port of this machine that a name leads to, whatever port is asked for. `127.0.0.1` and `localhost` lead to the port
        /// that is asked for; other names are answered 502.
        public var hosts: [String: Int] = [:]
        /// Who is let in; `nil`, the default: everybody. Others are answered 407.
        public var login: (user: String, password: String)?
        /// What every request is answered, instead of a tunnel.
        public var refusal: Int?

        /// Everybody is let in, and no name is known.
        public init() {}
    }

    private let state: Mutex<State>

    private struct State {
        var rules: Rules
        var log: [Request] = []
        var server: Task<Void, any Error>?
        var port = 0
    }

    /// A proxy that does not listen yet.
    public init(rules: Rules = Rules()) {
        state = Mutex(State(rules: rules))
    }

    /// What it does with requests.
    public var rules: Rules {
        get { state.withLock { $0.rules } }
        set { state.withLock { $0.rules = newValue } }
    }

    /// The address to give to clients, such as `http://127.0.0.1:41234`.
    public var address: String { "http://127.0.0.1:\(state.withLock { $0.port })" }

    /// The requests so far, in the order of their arrival.
    public var log: [Request] { state.withLock { $0.log } }

    /// Starts to listen on a port of the system's choice, and answers the address.
    @discardableResult
    public func start() async throws -> String {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: "127.0.0.1", port: 0) { child in
                child.eventLoop.makeCompletedFuture { try Tunnel.Connection(wrapping: child) }
            }
        // Tunnels must not keep the proxy.
        let decide: @Sendable (Tunnel.Head) -> Tunnel.Decision? = { [weak self] in self?.answer($0) }
        let server = Task {
            try await listener.executeThenClose { clients in
                await withDiscardingTaskGroup { group in
                    do {
                        for try await client in clients {
                            group.addTask { await Tunnel(client: client, decide: decide).run() }
                        }
                    } catch {
                        // A listener that breaks accepts nobody any more, which is all that there is to say about it.
                    }
                    group.cancelAll()
                }
            }
        }
        state.withLock { ($0.server, $0.port) = (server, listener.channel.localAddress?.port ?? 0) }
        return address
    }

    /// Stops listening, breaks all tunnels and returns when the last one is gone.
    public func stop() async {
        let server = state.withLock { state in
            defer { state.server = nil }
            return state.server
        }
        server?.cancel()
        _ = await server?.result
    }

    /// Runs `body` with a proxy that listens, and stops it afterwards, whatever happens.
    public static func withProxy<Result>(
        rules: Rules = Rules(), _ body: (LoopbackProxy) async throws -> Result
    ) async throws -> Result {
        let proxy = LoopbackProxy(rules: rules)
        try await proxy.start()
        do {
            let result = try await body(proxy)
            await proxy.stop()
            return result
        } catch {
            await proxy.stop()
            throw error
        }
    }

    /// Decides on a request and logs it.
    private func answer(_ head: Tunnel.Head) -> Tunnel.Decision {
        state.withLock { state in
            let decision = state.rules.decision(on: head)
            state.log.append(
                Request(method: head.method, target: head.target, headers: head.headers, status: decision.status))
            return decision
        }
    }
}

extension LoopbackProxy.Rules {
    func decision(on head: Tunnel.Head) -> Tunnel.Decision {
        if let login {
            let expected = "Basic \(Base64.encoded("\(login.user):\(login.password)".utf8))"
            if head.headers["proxy-authorization"] != expected { return .refuse(407) }
        }
        if let refusal { return .refuse(refusal) }
        guard head.method == "CONNECT" else { return .refuse(405) }
        let parts = head.target.split(separator: ":")
        guard parts.count == 2, let asked = UInt16(parts[1]) else { return .refuse(400) }
        let host = parts[0].lowercased()
        if let port = hosts[host] { return .connect(port: port) }
        return host == "localhost" || host == "127.0.0.1" ? .connect(port: Int(asked)) : .refuse(502)
    }
}

import AsyncHTTPClient
import CodTesting
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Testing

/// Runs `body` with a client that trusts one authority besides the system's, through a proxy if one is given.
func withTLSClient(
    trusting certificate: String, through proxy: HTTPClient.Configuration.Proxy? = nil, _ body: (HTTPClient) async throws -> Void
) async throws {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)))]
    var configuration = HTTPClient.Configuration(tlsConfiguration: tls, proxy: proxy)
    configuration.connectionPool.retryConnectionEstablishment = false
    let client = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    do { try await body(client) } catch {
        try await client.shutdown()
        throw error
    }
    try await client.shutdown()
}

@Suite("A store over TLS")
struct TLSStoreTests {
    private static let content = pattern(400_000)

    @Test("its endpoint is https, and who trusts its authority gets the bytes", arguments: ["127.0.0.1", "localhost"])
    func good(host: String) async throws {
        let authority = try TestAuthority()
        try await LoopbackStore.withStore(identity: authority.identity()) { store in
            #expect(store.endpoint.hasPrefix("https://127.0.0.1:"))
            store.put("o.tar", Self.content)
            try await withTLSClient(trusting: authority.certificate) { http in
                let request = HTTPClientRequest(
                    url: "\(store.endpoint.replacing("127.0.0.1", with: host))/loopback/o.tar")
                let response = try await http.execute(request, timeout: .minutes(1))
                let body = try await response.body.collect(upTo: 1 << 20)
                #expect(response.status == .ok && body.readableBytesView.elementsEqual(Self.content))
            }
            #expect(store.log.count == 1 && store.traffic.openedConnectionCount == 1)
        }
    }

    @Test("a certificate that is not to be trusted is not, and no request comes", arguments: 0..<5)
    func bad(variant: Int) async throws {
        let authority = try TestAuthority()
        let identity =
            switch variant {
            case 0: try TestAuthority().identity()
            case 1: try TestAuthority.selfSignedIdentity()
            case 2: try authority.identity(lifetime: .over)
            case 3: try authority.identity(lifetime: .toCome)
            default: try authority.identity(for: ["other.example", "127.0.0.2"])
            }
        try await LoopbackStore.withStore(identity: identity) { store in
            try await withTLSClient(trusting: authority.certificate) { http in
                await #expect {
                    _ = try await http.execute(HTTPClientRequest(url: store.endpoint), timeout: .minutes(1))
                } throws: { error in
                    variant == 4 ? error is NIOSSLExtraError : error is NIOSSLError
                }
            }
            #expect(store.log.isEmpty && store.traffic.openedConnectionCount == 1)
        }
    }

    @Test(
        "faults end the connection as they say, without the word by which TLS ends",
        arguments: [
            (.close(afterByteCount: 65_536), 65_536), (.noLength(truncatedTo: 7), 7), (.wrongLength(by: 100), 400_000),
            (.truncate(toByteCount: 9), 9), (.closeAfterAnswer, 400_000),
        ] as [(LoopbackStore.Fault, Int)])
    func faults(fault: LoopbackStore.Fault, byteCount: Int) async throws {
        let authority = try TestAuthority()
        try await LoopbackStore.withStore(identity: authority.identity()) { store in
            store.put("o.tar", Self.content)
            store.script(matching: .media, faults: [fault])
            let port = try #require(Int(store.endpoint.split(separator: ":").last ?? ""))
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [
                .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.certificate.utf8)))
            ]
            let context = try NIOSSLContext(configuration: tls)
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: nil))
                        return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            var received: [UInt8] = []
            let isOrderly: Bool
            if case .truncate = fault { isOrderly = true } else { isOrderly = false }
            do {
                try await channel.executeThenClose { inbound, outbound in
                    try await outbound.write(
                        ByteBuffer(string: "GET /loopback/o.tar HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"))
                    for try await bytes in inbound { received += bytes.readableBytesView }
                }
                #expect(isOrderly)
            } catch let error as NIOSSLError {
                #expect(error == .uncleanShutdown && !isOrderly)
            }
            let end = Array("\r\n\r\n".utf8)
            let split = try #require(received.indices.first { received[$0...].starts(with: end) })
            let body = received[split...].dropFirst(end.count)
            #expect(body.count == byteCount && body.elementsEqual(Self.content.prefix(byteCount)))
        }
    }

    @Test("stopping breaks connections without waiting for their leave")
    func stop() async throws {
        let authority = try TestAuthority()
        try await LoopbackStore.withStore(identity: authority.identity()) { store in
            store.put("o.tar", Self.content)
            try await withTLSClient(trusting: authority.certificate) { http in
                let response = try await http.execute(
                    HTTPClientRequest(url: "\(store.endpoint)/loopback/o.tar"), timeout: .minutes(1))
                _ = try await response.body.collect(upTo: 1 << 20)
                await store.stop()
                #expect(store.traffic.connectionCount == 0)
            }
        }
    }
}

import AsyncHTTPClient
import CodCore
import Logging
import NIOCore
import NIOSSL
import TestSupport
import Testing

@testable import CodTransport

@Suite("Connections that cannot be made")
struct UnreachableTests {
    private static let origin = HTTPAddress.Origin(isSecure: true, host: "store.example", port: 443)
    private static let now: Int64 = 1_767_225_600

    private static func proxy(_ text: String = "http://reader:SECRET@proxy.example:3128") throws -> Proxy {
        try Proxy(parsing: text, from: "https_proxy")
    }

    private static func error(
        _ failure: ConnectionFailure, isProxied: Bool, _ findings: Inquiry.Findings = .init()
    ) throws -> CodError {
        CodError.unreachable(failure, to: origin, through: isProxied ? try proxy() : nil, findings: findings, now: now)
    }

    @Test(
        "Each names the host and the phase, ends the job with the same code, and says what to do",
        arguments: [
            (.unknownName("store.example"), false, "(DNS)", true),
            (.unknownName("proxy.example"), true, "proxy, “proxy.example”", true),
            (.notConnected(reason: "refused"), false, "connecting failed: refused", true),
            (.notConnected(reason: "refused"), true, "connecting to the proxy proxy.example:3128 failed: refused", true),
            (.late, false, "no connection in time (connect, or TLS)", true),
            (.late, true, "(connect, the proxy proxy.example:3128 or TLS)", true), (.proxyLogin, true, "(407)", false),
            (.proxyRefusal, true, "did not open the way", true), (.proxyBroken(reason: "late"), true, "late", true),
            (.certificate, false, "(TLS)", false), (.wrongHost, false, "not for store.example (TLS)", false),
            (.plainText, false, "does not speak TLS", false),
            (.noAuthorities, false, "no list of certificate authorities", false),
            (.handshake(reason: "X"), false, "TLS handshake failed: X", true),
        ] as [(ConnectionFailure, Bool, String, Bool)])
    func sentences(failure: ConnectionFailure, isProxied: Bool, words: String, isTransient: Bool) throws {
        let error = try Self.error(failure, isProxied: isProxied)
        #expect(error.code == .unreachable && error.reach == .job && error.recovery != nil)
        #expect(error.message.hasPrefix("store.example:443 cannot be reached: ") && error.message.contains(words))
        #expect(error.transience == (isTransient ? .transient : .final))
        if isProxied { #expect("\(error)".contains("proxy.example:3128") || "\(error)".contains("https_proxy")) }
        #expect(!"\(error)".contains("SECRET") && !"\(error)".contains("reader"))
    }

    @Test(
        "A proxy's number says whether asking again can help",
        arguments: [
            (403, false), (404, false), (400, false), (302, false), (408, true), (429, true), (500, true), (502, true),
            (503, true),
            (504, true), (200, true),
        ])
    func refusals(status: Int, isTransient: Bool) throws {
        let error = try Self.error(.proxyRefusal, isProxied: true, .init(proxyStatus: status))
        #expect(error.transience == (isTransient ? .transient : .final))
        #expect(error.message.contains("\(status)") == (status != 200))
    }

    @Test(
        "A certificate's days and the clock say why it is not trusted",
        arguments: [
            (-10, -1, "expired on 2025-12-31"), (1, 10, "not valid before 2026-01-02"), (-1, 1, "no authority"),
            (0, 1, "no authority"),
            (-1, 0, "no authority"),
        ])
    func certificates(start: Int64, end: Int64, words: String) throws {
        let lifetime = Self.now + start * 86_400...Self.now + end * 86_400
        let error = try Self.error(.certificate, isProxied: false, .init(lifetime: lifetime))
        #expect(error.message.contains(words) && error.transience == .final)
        let recovery = try #require(error.recovery)
        #expect(recovery.contains(words == "no authority" ? "--ca-cert" : "says 2026-01-01"))
    }

    @Test("The library's errors are told apart; one of a connection that had been made is none of them")
    func reading() {
        func failure(_ error: any Error) -> ConnectionFailure? { ConnectionFailure(error, in: .beforeHead) }
        #expect(failure(NIOSSLExtraError.failedToValidateHostname) == .wrongHost)
        #expect(failure(NIOSSLExtraError.serverHostnameImpossibleToMatch) == .wrongHost)
        #expect(failure(NIOSSLError.unableToValidateCertificate) == .certificate)
        #expect(
            failure(NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])))
                == .handshake(reason: "the connection was closed in its middle"))
        #expect(failure(BoringSSLError.unknownError([])) == .noAuthorities)
        #expect(failure(HTTPClientError.tlsHandshakeTimeout) == .handshake(reason: "it did not end in time"))
        #expect(failure(HTTPClientError.invalidProxyResponse) == .proxyRefusal)
        #expect(failure(HTTPClientError.httpProxyHandshakeTimeout) == .proxyBroken(reason: "it did not answer in time"))
        // TLS that ends without a word is a connection that broke, whether a body was on its way or not.
        for phase in [ConnectionPhase.beforeHead, .inBody] {
            #expect(ConnectionFailure(NIOSSLError.uncleanShutdown, in: phase) == nil)
            #expect(ConnectionFailure(HTTPClientError.remoteConnectionClosed, in: phase) == nil)
            #expect(ConnectionFailure(ChannelError.eof, in: phase) == nil)
        }
    }

    @Test("A proxy's status is read when its head is whole, however it comes in")
    func proxyAnswers() {
        let head = Array("HTTP/1.1 403 Not for you\r\nx: y\r\n\r\n".utf8)
        for count in 0..<head.count { #expect(ProxyAnswer.status(in: Array(head[..<count])) == nil) }
        #expect(ProxyAnswer.status(in: head) == 403)
        #expect(ProxyAnswer.status(in: head + Array("body".utf8)) == 403)
        #expect(ProxyAnswer.status(in: Array("HTTP/1.0 200\r\n\r\n".utf8)) == 200)
        for text in [
            "", "\r\n\r\n", "HTTP/1.1\r\n\r\n", "SSH-2.0 200 x\r\n\r\n", "HTTP/1.1 99999 x\r\n\r\n", "HTTP/1.1 -20 x\r\n\r\n",
        ] {
            #expect(ProxyAnswer.status(in: Array(text.utf8)) == nil, "\(text)")
        }
    }

    @Test("A second look that nobody answers ends when it is cancelled, or in time", .timeLimit(.minutes(5)))
    func silentHost() async throws {
        let server = try await ScriptedServer(1) { _ in .raw("", [], .stall) }
        let origin = HTTPAddress.Origin(isSecure: true, host: "127.0.0.1", port: server.port)
        let looking = Task { await Inquiry.look(at: origin, through: nil, timeout: .hours(1)) }
        looking.cancel()
        let cancelled = await looking.value
        #expect(cancelled.lifetime == nil && cancelled.proxyStatus == nil)
        let findings = await Inquiry.look(at: origin, through: nil, timeout: .seconds(1))
        #expect(findings == Inquiry.Findings(isConnected: true))
    }

    @Test(
        "A connection that is not made in time is named by the phase where a second look came to a halt",
        arguments: [
            (nil, false, nil, "no connection in time"), (false, false, nil, "connecting failed: no answer in time"),
            (true, false, nil, "the TLS handshake failed: it did not end in time"),
            (false, true, nil, "connecting to the proxy proxy.example:3128 failed: no answer in time"),
            (true, true, nil, "the proxy proxy.example:3128 cannot be used: it did not answer in time"),
            (true, true, 200, "the TLS handshake failed: it did not end in time"),
            (true, true, 503, "it answered CONNECT with 503"),
        ] as [(Bool?, Bool, Int?, String)])
    func late(isConnected: Bool?, isProxied: Bool, status: Int?, words: String) throws {
        let findings = Inquiry.Findings(isConnected: isConnected, proxyStatus: status)
        let error = try Self.error(.late, isProxied: isProxied, findings)
        #expect(error.message.contains(words) && error.transience == .transient)
        // A look that got through tells nothing of the one that did not.
        let through = Inquiry.Findings(isConnected: true, proxyStatus: status == nil ? nil : 200, lifetime: 0...1)
        if isConnected == true, isProxied == (status != nil) {
            #expect(try Self.error(.late, isProxied: isProxied, through).message.contains("no connection in time"))
        }
    }

    @Test(
        "What is silent is named: TLS, the proxy, or TLS behind a proxy that answered", .timeLimit(.minutes(2)),
        arguments: [
            (false, nil, "the TLS handshake failed: it did not end in time"), (true, nil, "it did not answer in time"),
            (true, "HTTP/1.1 200 OK\r\n\r\n", "the TLS handshake failed: it did not end in time"),
        ] as [(Bool, String?, String)])
    func silence(isProxied: Bool, answer: String?, words: String) async throws {
        // Asked for a tunnel it answers or not; a handshake is never answered.
        let server = try await ScriptedServer(9) { _ in .raw(answer ?? "", [], .stall) }
        var options = GCSOptions()
        // The second look has half of it, on threads that other tests keep busy with certificates.
        options.connectTimeout = .seconds(6)
        options.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        options.proxies = ProxyRules(environment: isProxied ? ["https_proxy": server.url] : [:])
        let origin =
            isProxied ? Self.origin : HTTPAddress.Origin(isSecure: true, host: "127.0.0.1", port: server.port)
        let error = await failure {
            _ = try await HTTPConnections.forMetadata(options).send(
                HTTPClientRequest(url: "\(origin)/"), to: origin, about: RequestSubject(kind: .bucket, displayName: "gs://b"))
        }
        #expect(error?.code == .unreachable && error?.message.contains(words) == true, "\(String(describing: error))")
    }
}

import AsyncHTTPClient
import CodTesting
import NIOCore
import NIOHTTP1
import Testing

@Suite("A proxy on loopback")
struct LoopbackProxyTests {
    private static let content = pattern(3_000_000)

    private func withHiddenStore(
        _ rules: LoopbackProxy.Rules = LoopbackProxy.Rules(),
        _ body: (_ store: LoopbackStore, _ proxy: LoopbackProxy, _ authority: TestAuthority) async throws -> Void
    ) async throws {
        let authority = try TestAuthority()
        try await LoopbackStore.withStore(identity: authority.identity(for: ["store.example"])) { store in
            store.put("o.tar", Self.content)
            var rules = rules
            rules.hosts["store.example"] = Int(store.endpoint.split(separator: ":").last ?? "")
            try await LoopbackProxy.withProxy(rules: rules) { proxy in try await body(store, proxy, authority) }
        }
    }

    private func server(_ proxy: LoopbackProxy, _ login: HTTPClient.Authorization? = nil) -> HTTPClient.Configuration.Proxy {
        .server(host: "127.0.0.1", port: Int(proxy.address.split(separator: ":").last ?? "") ?? 0, authorization: login)
    }

    @Test("a name that it knows leads to a port of this machine; bytes come through, and how the connection ended")
    func tunnel() async throws {
        try await withHiddenStore { store, proxy, authority in
            store.script(matching: .media, faults: [.pass, .close(afterByteCount: 100_000)])
            try await withTLSClient(trusting: authority.certificate, through: server(proxy)) { http in
                let request = HTTPClientRequest(url: "https://store.example/loopback/o.tar")
                let whole = try await http.execute(request, timeout: .minutes(1)).body.collect(upTo: 4 << 20)
                #expect(whole.readableBytesView.elementsEqual(Self.content))
                let broken = try await http.execute(request, timeout: .minutes(1))
                await #expect(throws: HTTPParserError.self) { _ = try await broken.body.collect(upTo: 4 << 20) }
            }
            #expect(proxy.log.map(\.target) == ["store.example:443"] && proxy.log.map(\.method) == ["CONNECT"])
            #expect(proxy.log[0].status == 200 && proxy.log[0].headers["host"] == "store.example")
            #expect(store.log.allSatisfy { $0.headers["host"] == "store.example" })
        }
    }

    @Test("names that it does not know, and ports that nobody listens at, are answered 502")
    func unknown() async throws {
        try await withHiddenStore { store, proxy, authority in
            try await withTLSClient(trusting: authority.certificate, through: server(proxy)) { http in
                for url in ["https://other.example/", "https://127.0.0.1:1/"] {
                    await #expect(throws: HTTPClientError.invalidProxyResponse) {
                        _ = try await http.execute(HTTPClientRequest(url: url), timeout: .minutes(1))
                    }
                }
            }
            #expect(proxy.log.map(\.target) == ["other.example:443", "127.0.0.1:1"] && proxy.log[0].status == 502)
            #expect(store.log.isEmpty)
        }
    }

    @Test("it can want a login, and refuse")
    func refusing() async throws {
        var rules = LoopbackProxy.Rules()
        rules.login = ("user", "pass:word")
        try await withHiddenStore(rules) { store, proxy, authority in
            let request = HTTPClientRequest(url: "https://store.example/loopback/o.tar")
            for login in [nil, HTTPClient.Authorization.basic(username: "user", password: "pass")] {
                try await withTLSClient(trusting: authority.certificate, through: server(proxy, login)) { http in
                    await #expect(throws: HTTPClientError.proxyAuthenticationRequired) {
                        _ = try await http.execute(request, timeout: .minutes(1))
                    }
                }
            }
            let right = HTTPClient.Authorization.basic(username: "user", password: "pass:word")
            try await withTLSClient(trusting: authority.certificate, through: server(proxy, right)) { http in
                let answer = try await http.execute(request, timeout: .minutes(1))
                #expect(answer.status == .ok)
            }
            proxy.rules.refusal = 403
            try await withTLSClient(trusting: authority.certificate, through: server(proxy, right)) { http in
                await #expect(throws: HTTPClientError.invalidProxyResponse) {
                    _ = try await http.execute(request, timeout: .minutes(1))
                }
            }
            #expect(proxy.log.map(\.status) == [407, 407, 200, 403])
            #expect(store.log.count == 1)
        }
    }

    @Test("what is no CONNECT is not answered well, and stopping leaves nobody waiting")
    func stopping() async throws {
        try await withHiddenStore { store, proxy, _ in
            let plain = try await HTTPClient.shared.execute(HTTPClientRequest(url: proxy.address), timeout: .minutes(1))
            #expect(plain.status == .methodNotAllowed)
            await proxy.stop()
            await proxy.stop()
            #expect(proxy.log.map(\.status) == [405])
        }
    }
}

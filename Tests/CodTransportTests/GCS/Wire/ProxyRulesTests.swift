import AsyncHTTPClient
import CodCore
import Testing

@testable import CodTransport

@Suite("Which requests go through which proxy")
struct ProxyRulesTests {
    private static func origin(_ address: String) throws -> HTTPAddress.Origin {
        try #require(HTTPAddress(parsing: address)).origin
    }

    /// The proxy's host for an address, or `nil`.
    private static func host(_ address: String, _ environment: [String: String]) throws -> String? {
        try ProxyRules(environment: environment).proxy(for: origin(address))?.host
    }

    static let all = [
        "HTTPS_PROXY": "http://one", "https_proxy": "http://two", "ALL_PROXY": "http://three", "all_proxy": "http://four",
        "http_proxy": "http://plain", "HTTP_PROXY": "http://never",
    ]

    @Test(
        "The first variable that is there and not empty names the proxy",
        arguments: [
            ("https://a.b", [], "one"), ("https://a.b", ["HTTPS_PROXY"], "two"),
            ("https://a.b", ["HTTPS_PROXY", "https_proxy"], "three"),
            ("https://a.b", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"], "four"),
            ("https://a.b", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"], nil), ("http://a.b", [], "plain"),
            ("http://a.b", ["http_proxy"], "three"), ("http://a.b", ["http_proxy", "ALL_PROXY"], "four"),
            ("http://a.b", ["http_proxy", "ALL_PROXY", "all_proxy"], nil),
        ] as [(String, [String], String?)])
    func precedence(address: String, missing: [String], host: String?) throws {
        #expect(try Self.host(address, Self.all.filter { !missing.contains($0.key) }) == host)
        let empty = Self.all.merging(missing.map { ($0, " ") }) { $1 }
        #expect(try Self.host(address, empty) == host)
    }

    @Test("This machine is spoken to directly", arguments: ["https://localhost", "http://127.0.0.1:8080", "https://[::1]:443"])
    func loopback(address: String) throws {
        #expect(try Self.host(address, Self.all) == nil)
        #expect(try Self.host(address, ["ALL_PROXY": "nonsense://"]) == nil)
    }

    @Test("Exceptions go before proxies, NO_PROXY before no_proxy, and a proxy that is not needed is not looked at")
    func exceptions() throws {
        #expect(try Self.host("https://a.b", Self.all.merging(["NO_PROXY": "b"]) { $1 }) == nil)
        #expect(try Self.host("https://a.b", Self.all.merging(["no_proxy": "b"]) { $1 }) == nil)
        #expect(try Self.host("https://a.b", Self.all.merging(["NO_PROXY": "c", "no_proxy": "b"]) { $1 }) == "one")
        #expect(try Self.host("https://a.b", ["HTTPS_PROXY": "nonsense://", "NO_PROXY": "*"]) == nil)
    }

    @Test(
        "A proxy's address is read with or without scheme, user and port",
        arguments: [
            ("http://p.example:3128", "p.example:3128", nil, nil), ("p.example:3128", "p.example:3128", nil, nil),
            ("http://p.example", "p.example:80", nil, nil), ("HTTP://P.example:1/", "p.example:1", nil, nil),
            (" http://p.example:1/path?q#f ", "p.example:1", nil, nil), ("http://[::1]:8080", "[::1]:8080", nil, nil),
            ("http://u:p@h:1", "h:1", "u", "p"), ("u:p@h:1", "h:1", "u", "p"), ("http://u@h:1", "h:1", "u", ""),
            ("http://u:p@q:r@h:1", "h:1", "u", "p@q:r"), ("http://u%3f:p%40%2F%C3%A9@h:1", "h:1", "u?", "p@/é"),
            ("http://:p@h:1", "h:1", "", "p"), ("socks5://h", "h:1080", nil, nil), ("socks5h://[::1]", "[::1]:1080", nil, nil),
            ("socks5://h:80", "h:80", nil, nil),
        ] as [(String, String, String?, String?)])
    func reading(text: String, address: String, user: String?, password: String?) throws {
        let proxy = try Proxy(parsing: text, from: "HTTPS_PROXY")
        #expect(proxy.description == address)
        #expect(proxy.login?.user == user && proxy.login?.password.value == password)
        #expect((proxy.kind == .socks) == text.hasPrefix("socks"))
        let configuration = proxy.configuration
        #expect(configuration.host == proxy.host && configuration.port == proxy.port)
        #expect((configuration.authorization != nil) == (user != nil) && (proxy.authorization != nil) == (user != nil))
    }

    @Test("User and password become the header that proxies know")
    func header() throws {
        let proxy = try Proxy(parsing: "http://reader:p%40ss@h:1", from: "HTTPS_PROXY")
        #expect(proxy.authorization?.value == "Basic cmVhZGVyOnBAc3M=")
        #expect(!"\(proxy)".contains("p@ss") && !String(reflecting: proxy).contains("cmVh"))
        var dumped = ""
        dump(proxy, to: &dumped)
        #expect(!dumped.contains("p@ss"))
        dump(ProxyRules(environment: ["ALL_PROXY": "http://reader:p%40ss@h:1"]), to: &dumped)
        #expect(!dumped.contains("p%40ss"))
    }

    @Test(
        "What is no proxy is an error that names the variable and nothing of the value",
        arguments: [
            "https://u:SECRET@h:1", "socks4://SECRET", "socks://SECRET", "socks5://u:SECRET@h", "ftp://SECRET@h", "SECRET://h",
            "http://", "http://u:SECRET@", "http://u:SECRET@h:0", "http://u:SECRET@h:70000", "http://u:SECRET@h:",
            "http://SECRET x",
            "http://u:SECRET%@h", "http://u:SECRET%2@h", "http://u:SECRET%0a@h", "http://u%3aSECRET:p@h", "http://u:SECRET/@h:1",
            "http://u:p@SECRET/x@h:1", "u:p@SECRET#@h", "u:x@SECRET?y@h",
            "http://u:SECRET%ff@h", "://SECRET", "@", "u:SECRET@[::1",
        ])
    func refused(text: String) throws {
        let error = #expect(throws: CodError.self) { try Proxy(parsing: text, from: "all_proxy") }
        let found = try #require(error)
        #expect(found.code == .invalidSource && found.reach == .job && found.recovery != nil)
        #expect(found.message.contains("all_proxy") && !"\(found)".contains("SECRET"))
    }

    @Test("A bad proxy is found before anything is sent, and only where it would be used")
    func foundEarly() throws {
        func address(_ endpoint: String) throws -> BucketAddress {
            var options = GCSOptions()
            options.endpoint = try StorageEndpoint(parsing: endpoint)
            options.proxies = ProxyRules(environment: ["HTTPS_PROXY": "https://p", "NO_PROXY": "free.example"])
            return try BucketAddress(BucketDetails(bucket: "b"), options: options)
        }
        #expect(throws: CodError.self) { try address("https://store.example") }
        for endpoint in ["https://free.example", "http://store.example", "https://localhost"] { _ = try address(endpoint) }
    }
}

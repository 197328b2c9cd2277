import CodCore
import CodTesting
import Foundation
import Testing

@Suite("On the way to the store: names, proxies, certificates")
struct WireFaultTests {
    static let password = "canary-p@ss/2c81"
    static let encodedPassword = "canary-p%40ss%2F2c81"

    /// A name that only the proxy knows.
    static let host = "store.example"

    /// Expects what holds for every run besides its exit code and words: no secret is shown.
    static func expect(
        _ run: CommandRun, _ code: Int32, naming words: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) {
        run.expect(code, naming: words, sourceLocation: sourceLocation)
        for secret in [password, encodedPassword, Data("reader:\(password)".utf8).base64EncodedString()] {
            #expect(!run.everything.contains(secret), "A password is shown.", sourceLocation: sourceLocation)
        }
    }

    /// A store behind a proxy: over TLS, by a name that the proxy alone knows.
    struct Hidden: Sendable {
        let store: ServedStore
        let proxy: LoopbackProxy

        func download(_ environment: [String: String], endpoint: String = "https://\(host)") async throws -> CommandRun {
            try await CommandRun.cod(
                [
                    "download", store.link, store.study, "-v", "-o", store.scratch.path("out"), "--endpoint", endpoint,
                    "--ca-cert", store.scratch.path("ca.pem"),
                ], environment: environment)
        }

        static func with(
            identity: Bool = true, rules: LoopbackProxy.Rules = LoopbackProxy.Rules(), _ body: (Hidden) async throws -> Void
        ) async throws {
            let authority = try TestAuthority()
            try await ServedStore.with(identity: identity ? authority.identity(for: [host]) : nil) { store in
                try authority.certificate.write(
                    toFile: store.scratch.path("ca.pem"), atomically: true, encoding: .utf8)
                var rules = rules
                rules.hosts[host] = Int(store.endpoint.split(separator: ":").last ?? "")
                try await LoopbackProxy.withProxy(rules: rules) { proxy in
                    try await body(Hidden(store: store, proxy: proxy))
                }
            }
        }

        /// All that was asked of the proxy was a tunnel to the store, and the token was sent through it and to nobody else.
        func expectTunnelsAlone(port: Int = 443, sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(!proxy.log.isEmpty, sourceLocation: sourceLocation)
            for request in proxy.log {
                #expect(request.method == "CONNECT" && request.target == "\(host):\(port)", sourceLocation: sourceLocation)
                #expect(request.headers["authorization"] == nil, sourceLocation: sourceLocation)
                #expect(!"\(request)".contains(ServedStore.token), sourceLocation: sourceLocation)
            }
            #expect(store.server.log.allSatisfy { $0.token == ServedStore.token }, sourceLocation: sourceLocation)
        }
    }

    // MARK: 45

    @Test("fault 45: a name that DNS does not know is tried a few times, and told by its name", .timeLimit(.minutes(5)))
    func unknownName() async throws {
        let link = "https://portal.example/b?token=\(ServedStore.token)"
        for endpoint in ["https://nonexistent.invalid", "http://nonexistent.invalid"] {
            let run = try await CommandRun.cod(["stats", link, "1.2", "--endpoint", endpoint, "--insecure"])
            Self.expect(run, 69, naming: "“nonexistent.invalid”", "(DNS)", "tried 3 times", "Check the name")
        }
    }

    @Test("fault 45: of a proxy whose name DNS does not know, the proxy is named", .timeLimit(.minutes(5)))
    func unknownProxyName() async throws {
        let run = try await CommandRun.cod(
            ["stats", "gs://b", "1.2", "--endpoint", "https://\(Self.host)"],
            environment: ["HTTPS_PROXY": "http://reader:\(Self.encodedPassword)@nonexistent.invalid:3128"])
        Self.expect(run, 69, naming: "the proxy, “nonexistent.invalid”", "(DNS)", "HTTPS_PROXY")
    }

    // MARK: 46

    @Test(
        "fault 46: a store that is behind a proxy is reached through it, whichever variable names the proxy",
        arguments: ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
    func behindProxy(variable: String) async throws {
        try await Hidden.with { hidden in
            let run = try await hidden.download([variable: hidden.proxy.address])
            Self.expect(run, 0, naming: "through the proxy", variable)
            #expect(try hidden.store.scratch.files(in: "out") == hidden.store.files())
            hidden.expectTunnelsAlone()
        }
    }

    @Test("fault 46: a SOCKS proxy is used too, and named when it refuses")
    func socks() async throws {
        try await Hidden.with { hidden in
            let address = hidden.proxy.address.replacing("http://", with: "socks5h://")
            let run = try await hidden.download(["ALL_PROXY": address])
            Self.expect(run, 0)
            #expect(try hidden.store.scratch.files(in: "out") == hidden.store.files())
            #expect(hidden.proxy.log.allSatisfy { $0.method == "SOCKS" && $0.target == "\(Self.host):443" })
            hidden.proxy.rules.refusal = 403
            try FileManager.default.removeItem(atPath: hidden.store.scratch.path("out"))
            let refused = try await hidden.download(["ALL_PROXY": address])
            Self.expect(refused, 69, naming: "the proxy \(address.dropFirst("socks5h://".count))", "SOCKS", "ALL_PROXY")
        }
    }

    @Test("fault 46: without the proxy the store is not to be had, with another one neither", .timeLimit(.minutes(5)))
    func withoutProxy() async throws {
        try await Hidden.with { hidden in
            Self.expect(try await hidden.download([:]), 69, naming: Self.host, "(DNS)")
            let dead = try await hidden.download(["HTTPS_PROXY": "http://reader:\(Self.encodedPassword)@127.0.0.1:1"])
            Self.expect(dead, 69, naming: "connecting to the proxy 127.0.0.1:1 failed", "refused", "HTTPS_PROXY")
            #expect(hidden.proxy.log.isEmpty && hidden.store.server.log.isEmpty)
        }
    }

    @Test("fault 46: plain http goes through http_proxy, and HTTP_PROXY is not read", .timeLimit(.minutes(5)))
    func plainHTTP() async throws {
        try await Hidden.with(identity: false) { hidden in
            func stats(_ variable: String) async throws -> CommandRun {
                try await CommandRun.cod(
                    [
                        "stats", hidden.store.link, hidden.store.study, "--endpoint", "http://\(Self.host):8080", "--insecure",
                        "-o", hidden.store.scratch.path("out"),
                    ], environment: [variable: hidden.proxy.address])
            }
            Self.expect(try await stats("HTTP_PROXY"), 69, naming: Self.host, "(DNS)")
            #expect(hidden.proxy.log.isEmpty)
            Self.expect(try await stats("http_proxy"), 0)
            hidden.expectTunnelsAlone(port: 8080)
        }
    }

    @Test("fault 46: a proxy that wants a user and password gets them, and they are shown nowhere")
    func login() async throws {
        var rules = LoopbackProxy.Rules()
        rules.login = ("reader", Self.password)
        try await Hidden.with(rules: rules) { hidden in
            let host = hidden.proxy.address.replacing("http://", with: "")
            let none = try await hidden.download(["HTTPS_PROXY": "http://\(host)"])
            Self.expect(none, 69, naming: "proxy \(host) wants a user name and password (407)", "HTTPS_PROXY")
            let wrong = try await hidden.download(["HTTPS_PROXY": "http://reader:x\(Self.encodedPassword)@\(host)"])
            Self.expect(wrong, 69, naming: "proxy \(host) does not take the user name or password (407)")
            // A refusal is final: nothing was tried twice.
            #expect(hidden.proxy.log.map(\.status) == [407, 407])
            #expect(hidden.store.server.log.isEmpty)
            let right = try await hidden.download(["HTTPS_PROXY": "http://reader:\(Self.encodedPassword)@\(host)"])
            Self.expect(right, 0)
            #expect(try hidden.store.scratch.files(in: "out") == hidden.store.files())
            hidden.expectTunnelsAlone()
            #expect(hidden.store.server.log.allSatisfy { $0.headers["proxy-authorization"] == nil })
        }
    }

    @Test("fault 46: a proxy that refuses the way ends the job, with the number of its answer", arguments: [403, 404, 451])
    func refused(status: Int) async throws {
        var rules = LoopbackProxy.Rules()
        rules.refusal = status
        try await Hidden.with(rules: rules) { hidden in
            let run = try await hidden.download(["HTTPS_PROXY": hidden.proxy.address])
            Self.expect(run, 69, naming: "the proxy", "refused the way there", "\(status)", "\(Self.host):443", "NO_PROXY")
            #expect(!run.errors.contains("tried") && hidden.store.server.log.isEmpty)
            // The second is the look at the status, which the HTTP client keeps to itself.
            #expect(hidden.proxy.log.map(\.status) == [status, status])
        }
    }

    @Test("fault 46: a proxy that cannot reach the store now is asked again, a few times")
    func unreachableBehindProxy() async throws {
        var rules = LoopbackProxy.Rules()
        rules.refusal = 503
        try await Hidden.with(rules: rules) { hidden in
            let run = try await hidden.download(["HTTPS_PROXY": hidden.proxy.address])
            Self.expect(run, 69, naming: "the proxy", "no way there now", "503", "tried 3 times")
        }
    }

    @Test("fault 46: hosts in NO_PROXY are spoken to directly", .timeLimit(.minutes(5)), arguments: ["NO_PROXY", "no_proxy"])
    func exceptions(variable: String) async throws {
        try await Hidden.with { hidden in
            let run = try await hidden.download(["HTTPS_PROXY": hidden.proxy.address, variable: "other, .EXAMPLE"])
            Self.expect(run, 69, naming: Self.host, "(DNS)")
            #expect(hidden.proxy.log.isEmpty && hidden.store.server.log.isEmpty)
        }
    }

    @Test("fault 46: this machine is spoken to directly, whatever the variables say")
    func loopback() async throws {
        try await ServedStore.with { store in
            let dead = "http://127.0.0.1:1"
            let run = try await CommandRun.cod(
                ["download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint],
                environment: ["http_proxy": dead, "HTTPS_PROXY": dead, "ALL_PROXY": "socks5://user@\(Self.host)"])
            Self.expect(run, 0)
            #expect(try store.scratch.files(in: "out") == store.files())
        }
    }

    @Test("fault 46: a redirect to another host goes by that host's own way, without the token")
    func redirect() async throws {
        try await Hidden.with { hidden in
            hidden.store.server.rules.acceptedTokens = nil
            let archive = hidden.store.written.series[0].archiveName
            try await LoopbackStore.withStore(bucketName: hidden.store.bucket, folder: hidden.store.written.writer.folder) {
                home in
                home.script(
                    matching: .object(name: archive),
                    faults: [.redirect(to: "https://\(Self.host)/\(hidden.store.bucket)/\(archive)")])
                let run = try await hidden.download(["HTTPS_PROXY": hidden.proxy.address], endpoint: home.endpoint)
                Self.expect(run, 0)
                #expect(home.pendingFaultCount == 0 && home.log.allSatisfy { $0.token == ServedStore.token })
            }
            #expect(try hidden.store.scratch.files(in: "out") == hidden.store.files())
            #expect(hidden.proxy.log.map(\.target) == ["\(Self.host):443"])
            #expect(hidden.store.server.log.map(\.objectName) == [archive])
            #expect(hidden.store.server.log.allSatisfy { $0.token == nil })
        }
    }

    @Test(
        "fault 46: a proxy that cannot be understood is an error of usage that shows nothing of it",
        arguments: [
            ("https://reader:\(encodedPassword)@proxy.example", "over https"), ("socks4://proxy.example", "SOCKS"),
            ("socks5://reader:\(encodedPassword)@proxy.example", "user names"),
            ("http://reader:\(password)@h:1", "%XX"),
            ("http://reader:\(encodedPassword)@h:70000", "host and port"),
            ("reader:\(encodedPassword)%zz@proxy.example", "%XX"), ("\(encodedPassword)://proxy.example", "scheme"),
        ])
    func badProxy(value: String, words: String) async throws {
        let scratch = try Scratch()
        for command in ["stats", "download"] {
            let run = try await CommandRun.cod(
                [command, "https://portal.example/b?token=\(ServedStore.token)", "1.2", "-o", scratch.path("out")],
                environment: ["HTTPS_PROXY": value])
            Self.expect(run, 64, naming: "HTTPS_PROXY", words, "http://HOST:PORT")
        }
        #expect(!FileManager.default.fileExists(atPath: scratch.path("out")))
    }

    // MARK: 47

    enum Certificate: CaseIterable {
        case unknownAuthority, selfSigned, expired, notYetValid, wrongHost

        func identity(_ authority: TestAuthority) throws -> ServerIdentity {
            switch self {
            case .unknownAuthority: try TestAuthority().identity()
            case .selfSigned: try TestAuthority.selfSignedIdentity()
            case .expired: try authority.identity(lifetime: .over)
            case .notYetValid: try authority.identity(lifetime: .toCome)
            case .wrongHost: try authority.identity(for: ["other.example"])
            }
        }

        var words: [String] {
            switch self {
            case .unknownAuthority, .selfSigned: ["is not trusted", "--ca-cert"]
            case .expired: ["expired on 20", "clock"]
            case .notYetValid: ["not valid before 20", "clock"]
            case .wrongHost: ["for another host, not for 127.0.0.1", "Check the storage endpoint"]
            }
        }

        /// The HTTP client tells a wrong host by itself; for the rest there is a second look, which sends no request.
        var connectionCount: Int { self == .wrongHost ? 1 : 2 }
    }

    @Test(
        "fault 47: a certificate that is not trusted, not valid now, or another host's ends the job at once, and it is said which",
        arguments: Certificate.allCases)
    func badCertificate(_ certificate: Certificate) async throws {
        let authority = try TestAuthority()
        try await ServedStore.with(identity: certificate.identity(authority)) { store in
            let file = store.scratch.path("ca.pem")
            try authority.certificate.write(toFile: file, atomically: true, encoding: .utf8)
            let run = try await CommandRun.cod([
                "download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint, "--ca-cert",
                file, "--insecure",
            ])
            run.expect(69, naming: certificate.words + [store.endpoint.replacing("https://", with: ""), "TLS"])
            #expect(!run.errors.contains("tried"))
            #expect(store.server.log.isEmpty)
            #expect(store.server.traffic.openedConnectionCount == certificate.connectionCount)
            #expect(!FileManager.default.fileExists(atPath: store.scratch.path("out")))
        }
    }

    @Test("fault 47: a bad certificate behind a proxy is told as such", arguments: [Certificate.unknownAuthority, .expired])
    func badCertificateBehindProxy(_ certificate: Certificate) async throws {
        let authority = try TestAuthority()
        let identity =
            certificate == .expired
            ? try authority.identity(for: [Self.host], lifetime: .over) : try TestAuthority().identity(for: [Self.host])
        try await ServedStore.with(identity: identity) { store in
            let file = store.scratch.path("ca.pem")
            try authority.certificate.write(toFile: file, atomically: true, encoding: .utf8)
            var rules = LoopbackProxy.Rules()
            rules.hosts[Self.host] = Int(store.endpoint.split(separator: ":").last ?? "")
            try await LoopbackProxy.withProxy(rules: rules) { proxy in
                let run = try await CommandRun.cod(
                    ["stats", store.link, store.study, "--endpoint", "https://\(Self.host)", "--ca-cert", file],
                    environment: ["HTTPS_PROXY": proxy.address])
                run.expect(69, naming: certificate.words + ["\(Self.host):443"])
                #expect(store.server.log.isEmpty)
            }
        }
    }

    @Test("fault 47: with the authority's certificate the store is trusted, and only then", arguments: [false, true])
    func authority(byEnvironment: Bool) async throws {
        let authority = try TestAuthority()
        try await ServedStore.with(identity: authority.identity()) { store in
            let file = store.scratch.path("authorities.pem")
            // Several of them in a file, with words between, as system bundles have them.
            try "# others\n\(TestAuthority().certificate)\n# ours\n\(authority.certificate)".write(
                toFile: file, atomically: true, encoding: .utf8)
            let arguments = ["download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint]
            try await CommandRun.cod(arguments).expect(69, naming: "is not trusted", "--ca-cert")
            let run = try await CommandRun.cod(
                arguments + (byEnvironment ? [] : ["--ca-cert", file]), environment: byEnvironment ? ["COD_CA_CERT": file] : [:])
            run.expect(0)
            #expect(try store.scratch.files(in: "out") == store.files())
            #expect(store.server.log.allSatisfy { $0.token == ServedStore.token })
        }
    }

    @Test("fault 47: a file of certificates that is not there, or holds none, is an error of usage that names it")
    func badAuthorityFile() async throws {
        let scratch = try Scratch()
        try "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n".write(
            toFile: scratch.path("damaged"), atomically: true, encoding: .utf8)
        try "".write(toFile: scratch.path("empty"), atomically: true, encoding: .utf8)
        for (file, words) in [
            ("missing", "No such file"), ("damaged", "damaged"), ("empty", "no certificate"), ("", "directory"),
        ] {
            let run = try await CommandRun.cod(["stats", "gs://b", "1.2", "--ca-cert", scratch.path(file)])
            run.expect(64, naming: scratch.path(file), words)
        }
    }

    @Test("fault 47: a port that does not speak TLS is told as such, in one attempt")
    func plainPort() async throws {
        try await ServedStore.with { store in
            let endpoint = store.endpoint.replacing("http://", with: "https://")
            let run = try await CommandRun.cod(["stats", store.link, store.study, "--endpoint", endpoint])
            run.expect(69, naming: "does not speak TLS", "http://")
            #expect(store.server.traffic.openedConnectionCount == 1)
        }
    }

    // MARK: 48

    @Test(
        "fault 48: TLS that ends in mid-body without a word is resumed where it ended, and the bytes are equal",
        arguments: [
            .close(afterByteCount: 3_000), .reset(afterByteCount: 3_000), .noLength(truncatedTo: 3_000),
            .all([.chunked, .close(afterByteCount: 3_000)]), .closeBeforeHead, .resetBeforeHead, .closeAfterAnswer,
        ] as [LoopbackStore.Fault])
    func truncated(fault: LoopbackStore.Fault) async throws {
        let authority = try TestAuthority()
        try await ServedStore.with(identity: authority.identity()) { store in
            let file = store.scratch.path("ca.pem")
            try authority.certificate.write(toFile: file, atomically: true, encoding: .utf8)
            store.server.script(matching: .object(suffix: ".tar"), faults: [fault, fault])
            store.server.script(matching: .object(suffix: "metadata.json"), faults: [fault])
            store.server.script(matching: .list, faults: [fault])
            let run = try await CommandRun.cod([
                "download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint, "--ca-cert",
                file,
            ])
            run.expect(0)
            #expect(store.server.pendingFaultCount == 0)
            #expect(try store.scratch.files(in: "out") == store.files())
            guard case .close = fault else { return }
            let reads = store.server.log.filter(\.isArchiveRead)
            for broken in reads where broken.progress == .broken {
                let start = Self.start(of: broken) + broken.byteCount
                #expect(reads.contains { $0.objectName == broken.objectName && Self.start(of: $0) == start }, "\(reads)")
            }
            #expect(reads.contains { $0.progress == .broken })
        }
    }

    /// Where a read of an object begins.
    private static func start(of request: LoopbackStore.Request) -> Int64 {
        request.range.flatMap { $0.firstMatch(of: /bytes=(\d+)-/) }.flatMap { Int64($0.1) } ?? 0
    }
}

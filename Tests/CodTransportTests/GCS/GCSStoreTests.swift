import CodCore
import TestSupport
import Testing

@testable import CodTransport

@Suite("A bucket's listings and metadata", .timeLimit(.minutes(5)))
struct GCSStoreTests {
    private func item(_ name: String, size: Int = 1) -> String {
        #"{"name":"\#(name)","size":"\#(size)","generation":"5","crc32c":"4waSgw=="}"#
    }

    private let root = "p/studies/1/series/"

    @Test("All pages of a study are listed, empty ones too, each name once")
    func paging() async throws {
        let server = try await ScriptedServer(
            .status(200, #"{"items":[\#(item(root + "a.tar")),\#(item(root + "a/metadata.json"))],"nextPageToken":"x y"}"#),
            .status(200, #"{"nextPageToken":"z"}"#),
            .status(200, #"{"items":[\#(item(root + "a.tar")),\#(item(root + "b.tar", size: 12))]}"#))
        var options = try options(server)
        options.pageSize = 2
        options.userProject = "payer"
        let objects = try await GCSStore(client(options)).objects(ofStudy: "1")
        #expect(objects.map(\.path) == ["studies/1/series/a.tar", "studies/1/series/a/metadata.json", "studies/1/series/b.tar"])
        #expect(objects.last?.byteCount == 12)
        #expect(objects.last?.generation == 5)
        #expect(objects.last?.checksum == CRC32C(0xe306_9283))

        let requests = server.requests
        #expect(requests.map { $0.query["pageToken"] } == [nil, "x%20y", "z"])
        for request in requests {
            #expect(request.target.hasPrefix("/storage/v1/b/b/o?"))
            #expect(request.query["prefix"] == "p%2Fstudies%2F1%2Fseries%2F")
            #expect(request.query["delimiter"] == nil)
            #expect(request.query["maxResults"] == "2")
            #expect(request.query["userProject"] == "payer")
            #expect(request.headers["authorization"] == "Bearer \(canary)")
            #expect(request.headers["user-agent"] == "cod-retrieve/\(CodVersion.current)")
            #expect(!request.target.contains(canary))
        }
    }

    @Test("Studies are listed by folder; folders that name none are passed over")
    func studies() async throws {
        let server = try await ScriptedServer(
            .status(200, #"{"prefixes":["p/studies/1.2/","p/studies/a b/","p/studies/../"],"nextPageToken":"t"}"#),
            .status(200, #"{"prefixes":["p/studies/1.2/","p/studies/3.4/"]}"#))
        let store = try GCSStore(client(options(server)))
        #expect(try await store.studies() == ["1.2", "3.4"])
        #expect(server.requests.allSatisfy { $0.query["delimiter"] == "%2F" })
        #expect(store.displayName == "gs://b/p")
        #expect(store.url(of: "p/x y.tar") == "\(server.url)/b/p/x%20y.tar")
    }

    @Test("A study that is not there has no objects")
    func noStudy() async throws {
        let server = try await ScriptedServer(.status(200, "{}"))
        #expect(try await GCSStore(client(options(server))).objects(ofStudy: "1").isEmpty)
    }

    @Test("A page that is cut off is asked for again, and no page is left out")
    func truncatedPage() async throws {
        let server = try await ScriptedServer(
            .raw("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", Array(#"{"it"#.utf8), .close),
            .bytes(Array(#"{"items":["#.utf8), announced: 100, .close),
            .status(200, #"{"items":[\#(item(root + "a.tar"))]}"#))
        let waits = Waits()
        #expect(try await GCSStore(client(options(server, waits))).objects(ofStudy: "1").count == 1)
        #expect(waits.all.count == 2)
        #expect(Set(server.requests.map(\.target)).count == 1)
    }

    @Test("What is no listing is reported after three tries, and names itself")
    func noListing() async throws {
        let server = try await ScriptedServer(
            .status(200, "<html>Sign in"), .status(200, "<html>Sign in"), .status(200, "<html>Sign in"))
        let store = try GCSStore(client(options(server)))
        let error = await failure { _ = try await store.objects(ofStudy: "1") }
        #expect(error?.code == .protocolViolation)
        #expect(error?.message.contains("<html>Sign in") == true)
        #expect(server.requests.count == 3)
    }

    @Test("A busy server is obeyed: 429 with Retry-After, then 503")
    func busy() async throws {
        let server = try await ScriptedServer(
            .status(429, "slow down", ["retry-after": "7"]), .status(503), .status(500, "", ["retry-after": "rubbish"]),
            .status(200, "{}"))
        let waits = Waits()
        _ = try await GCSStore(client(options(server, waits))).objects(ofStudy: "1")
        // At least the time that was asked for; without one half of 1, 2, 4, … s.
        #expect(waits.all == [.seconds(7.5), .seconds(1), .seconds(2)])
    }

    @Test("A server that stays busy is given up after ten tries, with what it says and without the token")
    func busyForever() async throws {
        let server = try await ScriptedServer(20) { _ in .status(503, "no \(canary) today") }
        let store = try GCSStore(client(options(server)))
        let error = await failure { _ = try await store.objects(ofStudy: "1") }
        #expect(error?.code == .requestFailed)
        #expect(error?.study == "1")
        #expect(server.requests.count == 10)
        #expect(error.map { "\($0)".contains("today") && !"\($0)".contains("CANARY") } == true)
    }

    @Test(
        "What is final is not asked for again",
        arguments: [
            (400, .requestFailed, .study), (401, .unauthorized, .job), (403, .forbidden, .study), (404, .objectNotFound, .job),
        ] as [(Int, CodError.Code, CodError.Reach)])
    func final(status: Int, code: CodError.Code, reach: CodError.Reach) async throws {
        let server = try await ScriptedServer(.status(status, #"{"error":{"message":"because"}}"#))
        let store = try GCSStore(client(options(server)))
        let error = await failure { _ = try await store.objects(ofStudy: "1") }
        #expect(error?.code == code)
        #expect(error?.reach == reach)
        #expect(error?.message.contains("because") == true)
        #expect(server.requests.count == 1)
    }

    @Test("Requester pays is explained")
    func requesterPays() async throws {
        let server = try await ScriptedServer(.status(400, "<Error><Code>UserProjectMissing</Code></Error>"))
        let store = try GCSStore(client(options(server)))
        let error = await failure { _ = try await store.objects(ofStudy: "1") }
        #expect(error?.reach == .job)
        #expect(error?.recovery?.contains("--user-project") == true)
    }

    @Test("A credential that can be renewed is renewed once for a request")
    func renewal() async throws {
        let server = try await ScriptedServer(.status(401), .status(200, "{}"), .status(401), .status(401))
        var options = try options(server)
        options.credentials = Renewing("one", "two", "three", "four")
        let store = GCSStore(client(options))
        _ = try await store.objects(ofStudy: "1")
        #expect(server.requests.map { $0.headers["authorization"] } == ["Bearer one", "Bearer two"])

        let error = await failure { _ = try await store.objects(ofStudy: "1") }
        #expect(error?.code == .unauthorized)
        #expect(error?.message.contains("expired") == true)
        #expect(server.requests.map { $0.headers["authorization"] }.suffix(2) == ["Bearer two", "Bearer three"])
    }

    @Test("Without a token no Authorization is sent, and a refusal says that none was given")
    func anonymous() async throws {
        let server = try await ScriptedServer(.status(200, "{}"), .status(401))
        var options = try options(server)
        options.credentials = Anonymous()
        let store = GCSStore(client(options))
        _ = try await store.objects(ofStudy: "1")
        let error = await failure { _ = try await store.objects(ofStudy: "1") }
        #expect(server.requests.allSatisfy { $0.headers["authorization"] == nil })
        #expect(error?.code == .unauthorized)
        #expect(error?.message.contains("none were given") == true)
    }

    @Test("A port that nobody listens on is named, and given up within 10 s of waiting")
    func refused() async throws {
        let waits = Waits()
        var options = try options(try await ScriptedServer([]), waits)
        // A port that a server had and gave back may be another test's by now; this one is nobody's.
        options.endpoint = try StorageEndpoint(parsing: "http://127.0.0.1:1")
        let store = GCSStore(client(options))
        let error = await failure { _ = try await store.objects(ofStudy: "1") }
        #expect(error?.code == .unreachable)
        #expect(error?.reach == .job)
        #expect(error?.message.contains("127.0.0.1:1") == true)
        #expect(waits.all.reduce(.zero, +) < .seconds(10))
    }

    @Test("A name that no DNS knows is named")
    func unknownHost() async throws {
        var options = try await options(ScriptedServer([]))
        options.endpoint = try StorageEndpoint(parsing: "https://host.invalid")
        options.retry = .never
        let store = GCSStore(client(options))
        let error = await failure { _ = try await store.objects(ofStudy: "1") }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("host.invalid") == true)
    }

    @Test("A token is never sent in the clear to another machine")
    func exposure() async throws {
        var options = try await options(ScriptedServer([]))
        options.endpoint = try StorageEndpoint(parsing: "http://host.invalid")
        let store = GCSStore(client(options))
        let error = await failure { _ = try await store.objects(ofStudy: "1") }
        #expect(error?.code == .insecureEndpoint)
        #expect(error.map { !"\($0)".contains(canary) } == true)
        options.allowsInsecure = true
        options.retry = .never
        let allowed = GCSStore(client(options))
        #expect(await failure { _ = try await allowed.objects(ofStudy: "1") }?.code == .unreachable)
    }

    @Test("A bucket that cannot be one is reported when it is first used", arguments: ["", "a/b", "a b", "é", "a\n"])
    func badBucket(name: String) async throws {
        let server = try await ScriptedServer([])
        let client = try GCSClient(BucketDetails(bucket: name), options: options(server))
        let error = await failure { _ = try await GCSStore(client).studies() }
        #expect(error?.code == .invalidSource)
        #expect(server.requests.isEmpty)
    }

    // Metadata

    private let object = StoredObject(
        name: "p/studies/1/series/2/metadata.json", path: "studies/1/series/2/metadata.json", byteCount: 9, generation: 5,
        checksum: CRC32C(0xe306_9283))

    private func read(_ store: GCSStore, _ object: StoredObject) async throws -> String {
        String(decoding: try await bytes(of: store.read(object, in: context(Waits()))), as: UTF8.self)
    }

    @Test("An object is read as it is stored, pinned to its generation")
    func read() async throws {
        let server = try await ScriptedServer([{ .object(Array("123456789".utf8), generation: 5, $0) }])
        #expect(try await read(GCSStore(client(options(server))), object) == "123456789")
        let request = try #require(server.requests.first)
        #expect(
            request.target
                == "/storage/v1/b/b/o/p%2Fstudies%2F1%2Fseries%2F2%2Fmetadata.json?alt=media&ifGenerationMatch=5")
        #expect(request.headers["accept-encoding"] == "gzip")
        #expect(request.headers["range"] == nil)
    }

    @Test("A body that breaks off goes on where it stopped", arguments: 0..<9)
    func resume(breakAt: Int) async throws {
        let bytes = Array("123456789".utf8)
        let server = try await ScriptedServer([
            { _ in .bytes(Array(bytes[..<breakAt]), announced: 9, .close) },
            { .object(bytes, generation: 5, $0) },
        ])
        #expect(try await read(GCSStore(client(options(server))), object) == "123456789")
        #expect(server.requests[1].headers["range"] == (breakAt == 0 ? nil : "bytes=\(breakAt)-"))
    }

    @Test("A body that ends early without saying so is found out by its size")
    func shortBody() async throws {
        let server = try await ScriptedServer([
            { _ in .raw("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", Array("1234".utf8), .close) },
            { .object(Array("123456789".utf8), generation: 5, $0) },
        ])
        #expect(try await read(GCSStore(client(options(server))), object) == "123456789")
    }

    @Test("What was decompressed on the way is taken as it comes, and is not resumed")
    func decompressed() async throws {
        let headers = ["x-goog-stored-content-encoding": "gzip"]
        let whole = try await ScriptedServer(.bytes(Array("much longer than stored".utf8), headers))
        #expect(try await read(GCSStore(client(options(whole))), object) == "much longer than stored")

        let broken = try await ScriptedServer(.bytes(Array("much".utf8), headers, announced: 23, .close))
        let store = try GCSStore(client(options(broken)))
        let error = await failure { _ = try await read(store, object) }
        #expect(error?.code == .truncated)
        #expect(error?.series == "2")
        #expect(broken.requests.count == 1)
    }

    @Test("Bytes that are not those the store lists are refused")
    func corrupted() async throws {
        let server = try await ScriptedServer(.bytes(Array("123456780".utf8)))
        let store = try GCSStore(client(options(server)))
        #expect(await failure { _ = try await read(store, object) }?.code == .checksumMismatch)
    }

    @Test(
        "An object that is gone, changed or forbidden is reported at once",
        arguments: [(404, .objectNotFound), (412, .objectChanged), (304, .objectChanged), (403, .forbidden)]
            as [(Int, CodError.Code)])
    func finalObject(status: Int, code: CodError.Code) async throws {
        let server = try await ScriptedServer(
            status == 304 ? .raw("HTTP/1.1 304 X\r\n\r\n") : .status(status), .status(500))
        let store = try GCSStore(client(options(server)))
        let error = await failure { _ = try await read(store, object) }
        #expect(error?.code == code)
        #expect(error?.reach == .series)
        #expect(error?.study == "1" && error?.series == "2")
        #expect(server.requests.count == 1)
    }
}

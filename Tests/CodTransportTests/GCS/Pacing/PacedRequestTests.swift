import CodCore
import CodTesting
import Logging
import Synchronization
import TestSupport
import Testing

@testable import CodTransport

@Suite("The pace of a bucket's requests", .timeLimit(.minutes(5)))
struct PacedRequestTests {
    private static let content = Array(repeating: UInt8(7), count: 1000)

    private func portion(_ number: Int = 0) -> Portion {
        let archive = Archive(
            series: SeriesID(study: "1", series: "\(number)"), url: "u", objectName: "p/studies/1/series/\(number).tar",
            byteCount: 1000, generation: 5)
        return Portion(archive: archive, byteRange: 0..<1000, instances: [])
    }

    /// One archive at a time: nine requests in all.
    private func client(of server: ScriptedServer, _ waits: Waits = Waits()) throws -> GCSClient {
        var options = try options(server, waits)
        options.connectionCount = 1
        return CodTransportTests.client(options)
    }

    @Test(
        "A request is under way until its body has ended, has broken, or nobody holds on to it",
        arguments: ["ended", "broken", "let go", "cancelled"])
    func holding(how: String) async throws {
        let server = try await ScriptedServer(9) { request in
            let isFirst = request.target.contains("%2F0.tar")
            if how == "ended" && isFirst { return .object(Self.content, generation: 5, request) }
            return .bytes(Array(Self.content[..<10]), announced: 1000, how == "broken" && isFirst ? .close : .stall)
        }
        server.append(.bytes(Self.content))
        let client = try client(of: server)
        let fetcher = GCSFetcher(client: client)
        var others: [ByteStream] = []
        for number in 1...8 { others.append(try await fetcher.open(portion(number), at: 0)) }
        var first: ByteStream? = try await fetcher.open(portion(0), at: 0)
        let tenth = Task { try await bytes(of: fetcher.open(portion(10), at: 0)) }
        while client.gate.waitingCount < 1 { await Task.yield() }
        #expect(server.requests.count == 9)
        switch how {
        case "let go": first = nil
        case "cancelled":
            let stream = try #require(first)
            let reading = Task { try await bytes(of: stream) }
            reading.cancel()
            _ = await reading.result
        default: _ = await failure { _ = try await bytes(of: #require(first)) }
        }
        #expect(try await tenth.value == Self.content)
        withExtendedLifetime((others, first)) {}
    }

    @Test("Listings and archives have one gate in common")
    func common() async throws {
        let server = try await ScriptedServer(9) { _ in .bytes([1], announced: 1000, .stall) }
        server.append(.status(200, "{}"))
        let client = try client(of: server)
        var streams: [ByteStream] = []
        for number in 0..<9 { streams.append(try await GCSFetcher(client: client).open(portion(number), at: 0)) }
        let listing = Task { try await GCSStore(client).studies() }
        while client.gate.waitingCount < 1 { await Task.yield() }
        #expect(server.requests.count == 9)
        streams.removeLast()
        #expect(try await listing.value.isEmpty)
        withExtendedLifetime(streams) {}
    }

    @Test(
        "fault 13: every form of Retry-After is waited for, up to two minutes, or passed over",
        arguments: [
            ("2", nil, 2.5), ("86400", nil, 120.5), ("99999999999999999999999", nil, 120.5), ("0", nil, 0.5), ("-5", nil, 0.5),
            ("soon", nil, 0.5), ("", nil, 0.5), ("Sun, 06 Nov 1994 08:49:47 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 10.5),
            ("Sun, 06 Nov 2094 08:49:47 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 120.5),
            ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:47 GMT", 0.5),
            ("Sun, 06 Nov 2094 08:49:47 GMT", nil, 0.5),
        ] as [(String, String?, Double)], [429, 503])
    func retryAfter(form: (text: String, date: String?, seconds: Double), status: Int) async throws {
        var headers = ["retry-after": form.text]
        headers["date"] = form.date
        let server = try await ScriptedServer(.status(status, "", headers), .bytes(Self.content))
        let waits = Waits()
        let fetcher = GCSFetcher(client: try client(of: server, waits))
        #expect(try await bytes(of: fetcher.run(portion(), in: context(waits))) == Self.content)
        #expect(waits.all == [.milliseconds(Int64(form.seconds * 1000))])
    }

    @Test("fault 10: a trickle that never becomes a stream counts as no progress, and is given up")
    func trickle() async throws {
        try await LoopbackStore.withStore { store in
            store.put("p/studies/1/series/0.tar", Self.content, generation: 5)
            store.script(matching: .media, faults: [], thenAlways: .drip(byteCount: 1, every: .milliseconds(50)))
            var options = GCSOptions()
            options.endpoint = try StorageEndpoint(parsing: store.endpoint)
            options.credentials = FixedToken(Secret(canary))
            options.paceInterval = .milliseconds(300)
            let client = GCSClient(BucketDetails(bucket: store.bucketName, bucketPrefix: "p"), options: options)
            let waits = Waits()
            let fetcher = GCSFetcher(client: client)
            let error = await failure { _ = try await bytes(of: fetcher.run(portion(), in: context(waits))) }
            #expect(error?.code == .timedOut && error?.message.contains("bytes a second") == true)
            #expect(error?.message.contains("10 times") == true)
            // Every request goes on where the one before had come to.
            let starts = store.log.map { $0.range.flatMap { Int($0.dropFirst(6).prefix { $0 != "-" }) } ?? 0 }
            #expect(starts.count == 10 && starts == starts.sorted())
            #expect(try #require(starts.last) > 0)
        }
    }

    @Test("fault 57: an archive whose answers make no sense gets three tries")
    func nonsense() async throws {
        let server = try await ScriptedServer(10) { _ in .bytes(Self.content, status: 206) }
        let waits = Waits()
        let fetcher = GCSFetcher(client: try client(of: server, waits))
        let error = await failure { _ = try await bytes(of: fetcher.run(portion(), in: context(waits))) }
        #expect(error?.code == .protocolViolation && error?.message.contains("3 times") == true)
        #expect(server.requests.count == 3)
    }

    @Test(
        "fault 57: informational answers without end are silence, in archives and in listings", .timeLimit(.minutes(2)),
        arguments: ["100 Continue", "102 Processing"])
    func informational(status: String) async throws {
        let server = try await ScriptedServer(2) { _ in .raw("HTTP/1.1 \(status)\r\n\r\n", [], .repeatForEver) }
        var options = try options(server)
        options.timeout = .seconds(1)
        options.retry = .never
        let client = CodTransportTests.client(options)
        let archive = await failure { _ = try await GCSFetcher(client: client).open(portion(), at: 0) }
        #expect(archive?.code == .timedOut && archive?.transience == .transient)
        let listing = await failure { _ = try await GCSStore(client).studies() }
        #expect(listing?.code == .timedOut)
    }

    /// A log that keeps its lines.
    private struct Lines: LogHandler {
        let lines: Written
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.notice

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        final class Written: Sendable {
            private let lines = Mutex<[String]>([])
            var all: [String] { lines.withLock { $0 } }
            func add(_ line: String) { lines.withLock { $0.append(line) } }
        }

        func log(event: LogEvent) { lines.add("\(event.message)") }
    }

    @Test("fault 12: a store that fails whatever it is asked is asked once a minute, until it answers")
    func breaker() async throws {
        let server = try await ScriptedServer(21) { _ in .status(500) }
        for _ in 0..<2 { server.append(.bytes(Self.content)) }
        let (waits, lines) = (Waits(), Lines.Written())
        var options = try options(server, waits)
        options.logger = Logger(label: "test") { _ in Lines(lines: lines) }
        let fetcher = GCSFetcher(client: CodTransportTests.client(options))
        for number in 0..<20 {
            let error = await failure { _ = try await fetcher.open(portion(number % 5), at: 0) }
            #expect(error?.code == .requestFailed)
        }
        #expect(waits.all.isEmpty)
        #expect(lines.all == ["The last 20 requests failed; nothing is asked for in the next 60 seconds."])
        // The first probe fails, the second one is answered.
        let error = await failure { _ = try await fetcher.open(portion(5), at: 0) }
        #expect(error?.code == .requestFailed)
        for _ in 0..<2 { #expect(try await bytes(of: fetcher.open(portion(6), at: 0)) == Self.content) }
        #expect(waits.all == [.seconds(60), .seconds(60)])
        #expect(lines.all.dropFirst() == ["The store answers again."])
        #expect(server.requests.count == 23)
    }
}

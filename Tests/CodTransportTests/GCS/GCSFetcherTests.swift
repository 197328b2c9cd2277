import CodCore
import NIOCore
import TestSupport
import Testing

@testable import CodTransport

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("A bucket's archives", .timeLimit(.minutes(5)))
struct GCSFetcherTests {
    private static let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    private var content: [UInt8] { Self.content }

    private func portion(_ range: Range<Int64>? = nil, size: Int64? = 300_000, generation: Int64? = 5) -> Portion {
        let archive = Archive(
            series: SeriesID(study: "1", series: "2"), url: "u", objectName: "p/studies/1/series/2.tar", byteCount: size,
            generation: generation)
        return Portion(archive: archive, byteRange: range, instances: [])
    }

    private func fetcher(_ server: ScriptedServer) throws -> GCSFetcher { try GCSFetcher(client: client(options(server))) }

    private func fetch(_ fetcher: GCSFetcher, _ portion: Portion, _ waits: Waits = Waits()) async throws -> [UInt8] {
        try await bytes(of: fetcher.run(portion, in: context(waits)))
    }

    @Test("A whole archive is one request without a range, pinned to its generation")
    func whole() async throws {
        let server = try await ScriptedServer([{ .object(Self.content, generation: 5, $0) }])
        #expect(try await fetch(fetcher(server), portion(0..<300_000)) == content)
        let request = try #require(server.requests.first)
        #expect(request.target == "/storage/v1/b/b/o/p%2Fstudies%2F1%2Fseries%2F2.tar?alt=media&ifGenerationMatch=5")
        #expect(request.headers["range"] == nil)
        #expect(request.headers["authorization"] == "Bearer \(canary)")
        #expect(server.requests.count == 1)
    }

    @Test("An archive whose size nobody knows is read to its end")
    func unknownSize() async throws {
        let server = try await ScriptedServer(
            .raw("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", content, .close))
        #expect(try await fetch(fetcher(server), portion(size: nil, generation: nil)) == content)
        #expect(server.requests.first?.target.hasSuffix("?alt=media") == true)
    }

    @Test("A 401 of another host, which got no token, costs the series alone, and no token")
    func foreignRefusal() async throws {
        let foreign = try await ScriptedServer(2) { _ in .status(401) }
        let home = try await ScriptedServer(.status(307, "", ["location": "\(foreign.url)/o"]))
        var options = try options(home)
        options.credentials = Renewing("first", "second")
        let fetcher = GCSFetcher(client: client(options))
        let error = await failure { _ = try await fetch(fetcher, portion()) }
        #expect(error?.code == .protocolViolation && error?.reach == .series && error?.message.contains("401") == true)
        #expect(foreign.requests.count == 1 && foreign.requests.first?.headers["authorization"] == nil)
        #expect(try await options.credentials?.token()?.value == "first")
    }

    @Test("A web page of a portal on the way is no archive: it is asked for again")
    func portal() async throws {
        let server = try await ScriptedServer(
            [
                { _ in .status(200, "<html>Log in</html>", ["content-type": "text/html; charset=utf-8"]) },
                { .object(Self.content, generation: 5, $0) },
            ])
        #expect(try await fetch(fetcher(server), portion()) == content)
        #expect(server.requests.count == 2)
    }

    @Test("A portion is one range", arguments: [0..<512, 512..<1024, 299_999..<300_000, 1..<300_000] as [Range<Int64>])
    func range(_ range: Range<Int64>) async throws {
        let server = try await ScriptedServer([{ .object(Self.content, generation: 5, $0) }])
        #expect(
            try await fetch(fetcher(server), portion(range)) == content[Int(range.lowerBound)..<Int(range.upperBound)].map(\.self)
        )
        #expect(server.requests.first?.headers["range"] == "bytes=\(range.lowerBound)-\(range.upperBound - 1)")
    }

    @Test("An empty portion needs no request")
    func empty() async throws {
        let server = try await ScriptedServer([])
        #expect(try await fetch(fetcher(server), portion(7..<7)).isEmpty)
        #expect(server.requests.isEmpty)
    }

    @Test("A server that ignores the range sends more than is passed on")
    func ignoredRange() async throws {
        let server = try await ScriptedServer(.bytes(content))
        #expect(try await fetch(fetcher(server), portion(1000..<2000)) == content[1000..<2000].map(\.self))
    }

    @Test("A connection is used again for the next portion")
    func keepAlive() async throws {
        let server = try await ScriptedServer(3) { .object(Self.content, generation: 5, $0) }
        let fetcher = try fetcher(server)
        for start in stride(from: Int64(0), to: 300, by: 100) {
            #expect(try await fetch(fetcher, portion(start..<(start + 100))).count == 100)
        }
        // Letting go of the fetcher closes its connections: there was one.
        withExtendedLifetime(fetcher) {}
        #expect(server.requests.count == 3)
        #expect(server.connectionCount == 1)
    }

    @Test(
        "A body that breaks goes on at the byte it had come to, of the same generation",
        arguments: [ScriptedServer.Reply.Ending.close, .reset])
    func resume(ending: ScriptedServer.Reply.Ending) async throws {
        let server = try await ScriptedServer([
            { _ in .bytes(Array(Self.content[..<100_000]), announced: 300_000, ending) },
            { .object(Self.content, generation: 5, $0) },
        ])
        let fetcher = try fetcher(server)
        let portion = portion(0..<300_000)
        var received: [UInt8] = []
        var iterator = try await fetcher.open(portion, at: 0).makeAsyncIterator()
        let error = await failure {
            while let chunk = try await iterator.next() { received += chunk.bytes }
        }
        #expect(error?.code == .truncated)
        #expect(error?.transience == .transient)
        // Bytes that came right before the break may be lost with it; how many is a matter of luck.
        #expect(received.count <= 100_000)
        received += try await bytes(of: fetcher.open(portion, at: Int64(received.count)))
        #expect(received == content)
        let second = try #require(server.requests.last)
        #expect(second.query["ifGenerationMatch"] == "5")
    }

    @Test("A break is healed by the fetcher itself", arguments: [ScriptedServer.Reply.Ending.close, .reset])
    func healing(ending: ScriptedServer.Reply.Ending) async throws {
        let server = try await ScriptedServer([
            { _ in .bytes(Array(Self.content[..<100_000]), announced: 300_000, ending) },
            { .object(Self.content, generation: 5, $0) },
        ])
        let waits = Waits()
        #expect(try await fetch(fetcher(server), portion(0..<300_000), waits) == content)
        #expect(waits.all.count == 1)
    }

    @Test("Many breaks in a row, with ranges answered 200, still give every byte once")
    func manyBreaks() async throws {
        let step: ScriptedServer.Step = { request in
            let start = request.headers["range"].flatMap { Int($0.dropFirst(6).prefix { $0 != "-" }) } ?? 0
            let end = min(start + 70_000, 300_000)
            return .bytes(
                Array(Self.content[start..<end]), status: 200, ["content-range": "bytes \(start)-299999/300000"],
                announced: 300_000 - start, .close)
        }
        let server = try await ScriptedServer(10, step)
        #expect(try await fetch(fetcher(server), portion(0..<300_000)) == content)
        #expect(server.requests.count >= 5)
    }

    @Test("A body without a length that ends early is not taken for whole")
    func shortBody() async throws {
        let server = try await ScriptedServer([
            { _ in .raw("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", Array(Self.content[..<9]), .close) },
            { .object(Self.content, generation: 5, $0) },
        ])
        #expect(try await fetch(fetcher(server), portion(0..<300_000)) == content)
        #expect(server.requests.last?.headers["range"] == "bytes=9-299999")
    }

    @Test("A connection that had gone stale is replaced at once")
    func stale() async throws {
        let server = try await ScriptedServer([
            { .object(Self.content, generation: 5, $0) }, { _ in .raw("", [], .reset) },
            { .object(Self.content, generation: 5, $0) },
        ])
        let fetcher = try fetcher(server)
        let waits = Waits()
        #expect(try await fetch(fetcher, portion(0..<10)).count == 10)
        #expect(try await fetch(fetcher, portion(0..<10), waits).count == 10)
        #expect(waits.all == [.zero])
        #expect(server.requests.count == 3)
    }

    @Test(
        "An archive that has been replaced is reported, not mixed with the old one",
        arguments: [
            .status(412), .bytes([1, 2, 3], ["x-goog-generation": "6"]),
            .bytes([1], status: 206, ["content-range": "bytes 0-0/7"]),
        ] as [ScriptedServer.Reply])
    func changed(reply: ScriptedServer.Reply) async throws {
        let server = try await ScriptedServer([
            { _ in .bytes(Array(Self.content[..<9]), announced: 300_000, .close) }, { _ in reply },
        ])
        let fetcher = try fetcher(server)
        let error = await failure { _ = try await fetch(fetcher, portion(0..<300_000)) }
        #expect(error?.code == .objectChanged)
        #expect(error?.series == "2")
        #expect(server.requests.count == 2)
    }

    @Test("A refused archive does not touch other series; an expired token stops the job")
    func refusals() async throws {
        let server = try await ScriptedServer(.status(403), .status(404), .status(401, "token \(canary) expired"))
        let fetcher = try fetcher(server)
        let portion = portion(0..<300_000)
        let forbidden = await failure { _ = try await fetch(fetcher, portion) }
        #expect(forbidden?.code == .forbidden && forbidden?.reach == .series)
        let missing = await failure { _ = try await fetch(fetcher, portion) }
        #expect(missing?.code == .objectNotFound && missing?.reach == .series)
        let expired = await failure { _ = try await fetch(fetcher, portion) }
        #expect(expired?.code == .unauthorized && expired?.reach == .job)
        #expect(expired.map { !"\($0)".contains("CANARY") && $0.recovery != nil } == true)
    }

    @Test("A token that expires in mid-body is renewed, and the body goes on")
    func renewalInBody() async throws {
        let server = try await ScriptedServer([
            { _ in .bytes(Array(Self.content[..<1000]), announced: 300_000, .close) }, { _ in .status(401) },
            { .object(Self.content, generation: 5, $0) },
        ])
        var options = try options(server)
        options.credentials = Renewing("one", "two")
        #expect(try await fetch(GCSFetcher(client: client(options)), portion(0..<300_000)) == content)
        #expect(server.requests.last?.headers["authorization"] == "Bearer two")
        #expect(server.requests.last?.headers["range"] == "bytes=1000-299999")
    }

    @Test("A redirect to another host is followed without the token; within the host with it")
    func redirects() async throws {
        let other = try await ScriptedServer([{ .object(Self.content, generation: 5, $0) }])
        let server = try await ScriptedServer(
            .status(307, "", ["location": "/elsewhere?x=1"]), .status(302, "", ["location": "\(other.url)/there"]))
        #expect(try await fetch(fetcher(server), portion(100..<200)) == content[100..<200].map(\.self))
        #expect(server.requests.map { $0.headers["authorization"] } == ["Bearer \(canary)", "Bearer \(canary)"])
        #expect(server.requests.last?.target == "/elsewhere?x=1")
        let there = try #require(other.requests.first)
        #expect(there.headers["authorization"] == nil)
        #expect(there.target == "/there")
        #expect(there.headers["range"] == "bytes=100-199")
    }

    @Test("A token does not come back from a detour")
    func detour() async throws {
        let away = try await ScriptedServer([])
        let home = try await ScriptedServer([
            { [url = away.url] _ in .status(302, "", ["location": "\(url)/away"]) },
            { .object(Self.content, generation: 5, $0) },
        ])
        away.append(.status(302, "", ["location": "\(home.url)/back"]))
        #expect(try await fetch(fetcher(home), portion(0..<300_000)) == content)
        #expect(away.requests.first?.headers["authorization"] == nil)
        #expect(home.requests.map { $0.headers["authorization"] } == ["Bearer \(canary)", nil])
    }

    @Test(
        "A redirect that runs in circles, leads into the open or to a login page ends the try",
        arguments: ["circle", "open", "login"])
    func badRedirects(kind: String) async throws {
        let login = try await ScriptedServer(.status(200, "<html>", ["content-type": "text/html"]))
        let location =
            switch kind {
            case "circle": "/again"
            case "open": "http://host.invalid/"
            default: "\(login.url)/login"
            }
        let server = try await ScriptedServer(10) { _ in .status(302, "", ["location": location]) }
        let fetcher = try fetcher(server)
        let error = await failure { _ = try await fetch(fetcher, portion(0..<300_000)) }
        #expect(error?.code == .protocolViolation)
        #expect(error?.transience == .final)
        #expect(server.requests.count == (kind == "circle" ? 6 : 1))
    }

    @Test("A server that goes silent in a body is left, and the body goes on")
    func silence() async throws {
        let server = try await ScriptedServer([
            { _ in .bytes(Array(Self.content[..<1000]), announced: 300_000, .stall) },
            { .object(Self.content, generation: 5, $0) },
        ])
        var options = try options(server)
        options.timeout = .milliseconds(200)
        #expect(try await fetch(GCSFetcher(client: client(options)), portion(0..<300_000)) == content)
        #expect(server.requests.count >= 2)
    }

    @Test("A disk that is slow is not taken for a silent server", arguments: [true, false])
    func slowDisk(isOnLane: Bool) async throws {
        let content = Array(repeating: UInt8(7), count: 8 << 20)
        let server = try await ScriptedServer(3) { .object(content, generation: 5, $0) }
        var options = try options(server)
        options.timeout = .milliseconds(400)
        let fetcher = GCSFetcher(client: client(options))
        let portion = portion(0..<(8 << 20), size: 8 << 20)
        let stream = try await fetcher.run(portion, in: context(Waits()))
        let executor = isOnLane ? fetcher.executor(forLane: 0) : nil
        let count = try await withTaskExecutorPreference(executor) { try await Self.readSlowly(stream) }
        #expect(count == content.count)
        #expect(server.requests.count == 1)
    }

    /// Stands for a write that holds up its thread for longer than the server may be silent.
    private nonisolated static func readSlowly(_ stream: ByteStream) async throws -> Int {
        var iterator = stream.makeAsyncIterator()
        var count = 0
        while let chunk = try await iterator.next() {
            if count == 0 { usleep(1_000_000) }
            count += chunk.count
        }
        return count
    }

    @Test("A server that never answers is reported as timed out")
    func noAnswer() async throws {
        let server = try await ScriptedServer(.raw("", [], .stall))
        var options = try options(server)
        options.timeout = .milliseconds(80)
        let fetcher = GCSFetcher(client: client(options))
        let error = await failure { _ = try await fetcher.open(portion(0..<300_000), at: 0) }
        #expect(error?.code == .timedOut)
        #expect(error?.transience == .transient)
    }

    @Test("Letting go of a stream in mid-body closes its connection")
    func earlyEnd() async throws {
        let server = try await ScriptedServer(.bytes(Array(content[..<1000]), announced: 300_000, .stall))
        let fetcher = try fetcher(server)
        do {
            var iterator = try await fetcher.open(portion(0..<300_000), at: 0).makeAsyncIterator()
            #expect(try await iterator.next() != nil)
        }
        for await _ in server.closedConnections { break }
        withExtendedLifetime(fetcher) {}
    }

    @Test("Cancelling a task that waits for bytes ends it with a cancellation, and closes the connection")
    func cancellation() async throws {
        let server = try await ScriptedServer(.bytes(Array(content[..<1000]), announced: 300_000, .stall))
        let fetcher = try fetcher(server)
        let portion = portion(0..<300_000)
        let (started, continuation) = AsyncStream<Void>.makeStream()
        let task = Task {
            var iterator = try await fetcher.run(portion, in: context(Waits())).makeAsyncIterator()
            while try await iterator.next() != nil { continuation.yield() }
        }
        for await _ in started { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        for await _ in server.closedConnections { break }
    }

    @Test("On its lane's thread a body is read without leaving it", arguments: 0..<3)
    func laneExecutor(lane: Int) async throws {
        let server = try await ScriptedServer([{ .object(Self.content, generation: 5, $0) }])
        let fetcher = try fetcher(server)
        let executor = try #require(fetcher.executor(forLane: lane) as? LoopExecutor)
        let stream = try await fetcher.run(portion(0..<300_000), in: context(Waits()))
        let (count, isOnLoop) = try await Lane.$number.withValue(lane) {
            try await withTaskExecutorPreference(executor) { try await Self.read(stream, on: executor.group.any()) }
        }
        #expect(count == 300_000)
        #expect(isOnLoop)
    }

    private nonisolated static func read(_ stream: ByteStream, on loop: any EventLoop) async throws -> (Int, Bool) {
        var count = 0
        var isOnLoop = true
        var iterator = stream.makeAsyncIterator()
        while let chunk = try await iterator.next() {
            count += chunk.count
            isOnLoop = isOnLoop && loop.inEventLoop
        }
        return (count, isOnLoop)
    }

    @Test("Lanes have threads of their own, no more than there are connections")
    func lanes() async throws {
        let server = try await ScriptedServer([])
        var options = try options(server)
        options.connectionCount = 3
        let client = client(options)
        let lanes = (0..<12).map { ObjectIdentifier(client.archiveConnections(forLane: $0)) }
        #expect(Set(lanes).count == 3)
        #expect(lanes[0] == lanes[3])
        _ = client.archiveConnections(forLane: .min)
    }

    @Test(
        "Where few files may be open, fewer lanes have a thread of their own",
        arguments: [
            (8, 1024, 8), (256, 1024, 98), (256, 65_536, 256), (8, 64, 2), (8, 40, 1), (8, 3, 1), (0, 1024, 1), (8, .max, 8),
        ])
    func descriptors(wanted: Int, limit: Int, count: Int) {
        #expect(SpareDescriptors.loopCount(wanted: wanted, limit: limit, coreCount: 4) == count)
    }

    @Test("With the last reference connections and threads go; a body that is still read keeps its own")
    func ending() async throws {
        let server = try await ScriptedServer([{ .object(Self.content, generation: 5, $0) }])
        var fetcher: GCSFetcher? = try fetcher(server)
        var stream: ByteStream? = try await fetcher?.open(portion(0..<300_000), at: 0)
        fetcher = nil
        #expect(try await bytes(of: #require(stream)) == content)
        stream = nil
        for await _ in server.closedConnections { break }
    }
}

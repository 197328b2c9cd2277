import CodCore
import CodTesting
import NIOHTTP1
import Synchronization
import Testing

@Suite("The log")
struct LogTests {
    @Test("a request is kept with what it asked for and what it got")
    func entry() async throws {
        try await withStore { store, client in
            store.put("d/a b.tar", pattern(1_000))
            _ = await client.media(
                "d/a b.tar", ("range", "bytes=990-"), ("X-Two", "1"), ("X-Two", "2"), query: "&ifGenerationMatch=1")
            _ = await client.media("d/a b.tar", ("range", "bytes=990-"), ("authorization", "Bearer secret"))
            _ = await client.list("prefix=d%2F&maxResults=5")
            _ = await client.fetch(client.path("d/a b.tar"))
            _ = await client.fetch("/elsewhere")
            let log = store.log
            #expect(log.map(\.number) == Array(0..<5))
            #expect(log.map(\.kind) == [.media, .media, .list, .metadata, .other])
            #expect(log.map(\.status) == [412, 206, 200, 200, 404])
            #expect(log.map(\.objectName) == ["d/a b.tar", "d/a b.tar", nil, "d/a b.tar", nil])
            #expect(log.allSatisfy { $0.progress == .complete && $0.method == "GET" })
            #expect(log[0].query == ["alt": "media", "ifGenerationMatch": "1"] && log[0].headers["x-two"] == "1, 2")
            #expect(log[1].byteCount == 10 && log[1].range == "bytes=990-" && log[1].token == "secret")
            #expect(log[2].query == ["prefix": "d/", "maxResults": "5"])
            #expect(log[1].description == "GET /storage/v1/b/loopback/o/d%2Fa%20b.tar [bytes=990-] → 206, 10 bytes")
            store.clearLog()
            #expect(store.log.isEmpty)
            _ = await client.list()
            #expect(store.log.map(\.number) == [5])
        }
    }

    @Test("the oldest requests go first when there are too many")
    func limit() async throws {
        try await withStore(LoopbackStore(logLimit: 20)) { store, client in
            for _ in 0..<50 { _ = await client.fetch("/elsewhere") }
            #expect(store.log.map(\.number) == Array(30..<50))
            #expect(store.log.allSatisfy { $0.status == 404 && $0.progress == .complete })
        }
    }

    @Test("a connection is used again, and counted once")
    func connections() async throws {
        try await withStore { store, client in
            store.put("o", [1])
            for _ in 0..<3 { _ = await client.media("o") }
            #expect(store.log.map(\.connectionNumber) == [0, 0, 0])
            #expect(store.traffic.connectionCount == 1 && store.traffic.peakConnectionCount == 1)
        }
    }

    @Test("reads of tars that run at the same time are counted")
    func archiveReads() async throws {
        let gate = LoopbackStore.Gate()
        try await withStore { store, client in
            for index in 0..<5 { store.put("\(index).tar", pattern(10)) }
            store.put("metadata.json", [1])
            store.script(matching: .any, faults: [], thenAlways: .stall(afterByteCount: 5, until: gate))
            await withTaskGroup { group in
                for index in 0..<5 { group.addTask { _ = await client.media("\(index).tar") } }
                await gate.arrival(ofCount: 5)
                #expect(store.traffic.archiveReadCount == 5 && store.traffic.peakArchiveReadCount == 5)
                gate.open()
            }
            #expect(store.traffic.archiveReadCount == 0 && store.traffic.peakArchiveReadCount == 5)
            store.clearLog()
            _ = await client.media("metadata.json")
            #expect(store.traffic.peakArchiveReadCount == 0)
            for index in 0..<5 { _ = await client.media("\(index).tar") }
            #expect(store.traffic.peakArchiveReadCount == 1)
        }
    }

    @Test("a callback is told of each request when its answer is over")
    func callback() async throws {
        let (ended, endings) = AsyncStream<LoopbackStore.Request>.makeStream()
        try await withStore(LoopbackStore(onRequest: { endings.yield($0) })) { store, client in
            store.put("o", [1, 2, 3])
            _ = await client.media("o", ("authorization", "Bearer secret"))
            var iterator = ended.makeAsyncIterator()
            let line = try #require(await iterator.next()).description
            #expect(line == "GET /storage/v1/b/loopback/o/o → 200, 3 bytes")
        }
    }
}

@Suite("Starting and stopping")
struct LifecycleTests {
    @Test("a store can be stopped and started again, and keeps its objects")
    func restart() async throws {
        try await withStore { store, client in
            store.put("o", [1])
            #expect(try await store.start() == store.endpoint)
            #expect(await client.media("o").body == [1])
            await store.stop()
            await store.stop()
            try await store.start()
            #expect(await client.media("o").body == [1])
        }
    }

    @Test("stopping ends idle connections and leaves none")
    func stop() async throws {
        try await withStore { store, client in
            store.put("o", [1])
            _ = await client.media("o")
            await store.stop()
            #expect(store.traffic.connectionCount == 0)
        }
    }

    @Test("a port that is taken is an error that names it")
    func portTaken() async throws {
        try await LoopbackStore.withStore { first in
            let port = try #require(Int(first.endpoint.split(separator: ":").last ?? ""))
            let second = try LoopbackStore()
            let error = await #expect(throws: CodError.self) { try await second.start(port: port) }
            #expect(error?.message.contains("\(port)") == true && error?.recovery != nil)
        }
    }

    @Test("a folder that is not there is an error that names it")
    func noFolder() {
        let error = #expect(throws: CodError.self) { try LoopbackStore(folder: "/nowhere/at/all") }
        #expect(error?.code == .invalidSource && error?.message.contains("/nowhere/at/all") == true)
    }
}

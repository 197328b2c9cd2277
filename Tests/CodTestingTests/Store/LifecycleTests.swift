import CodCore
import CodTesting
import NIOCore
import NIOPosix
import Testing

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

    @Test("stopping does not wait for a client that reads nothing")
    func stopUnread() async throws {
        let gate = LoopbackStore.Gate()
        try await withStore { store, client in
            store.put("o", [UInt8](repeating: 0, count: 32 << 20))
            store.script(matching: .any, faults: [.stallBeforeHead(until: gate)])
            let port = try #require(Int(store.endpoint.split(separator: ":").last ?? ""))
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .channelOption(.autoRead, value: false).connect(host: "127.0.0.1", port: port).get()
            try await channel.writeAndFlush(ByteBuffer(string: "GET /loopback/o HTTP/1.1\r\nhost: x\r\n\r\n"))
            await gate.arrival()
            gate.open()
            await store.stop()
            #expect(store.traffic.connectionCount == 0 && store.log[0].progress == .broken)
            // The store has broken it off, which the client may have noticed by now.
            try? await channel.close()
        }
    }

    @Test("stopping while clients are still coming breaks them, too")
    func stopWhileComing() async throws {
        for _ in 0..<20 {
            try await LoopbackStore.withStore { store in
                let port = try #require(Int(store.endpoint.split(separator: ":").last ?? ""))
                let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                let coming = (0..<20).map { _ in bootstrap.connect(host: "127.0.0.1", port: port) }
                _ = try await coming[0].get()
                await store.stop()
                for connection in coming { try? await connection.get().close() }
                #expect(store.traffic.connectionCount == 0)
            }
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

import CodTesting
import NIOCore
import NIOPosix
import Testing

/// What came over a connection, byte for byte: a client library may drop what it has received when a connection breaks.
struct WireAnswer {
    var head = ""
    var body: [UInt8] = []
    /// Whether the connection ended with an error rather than with FIN.
    var wasReset = false
}

extension StoreClient {
    /// Sends one GET of an object's bytes over a connection of its own, and reads until that ends.
    func wire(_ name: String, _ headers: String...) async throws -> WireAnswer {
        let port = try #require(Int(store.endpoint.split(separator: ":").last ?? ""))
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let lines = ["GET \(path(name, "?alt=media")) HTTP/1.1", "host: 127.0.0.1"] + headers + ["", ""]
        var received: [UInt8] = []
        var answer = WireAnswer()
        do {
            received = try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: lines.joined(separator: "\r\n")))
                var received: [UInt8] = []
                for try await bytes in inbound { received += bytes.readableBytesView }
                return received
            }
        } catch {
            answer.wasReset = true
        }
        let end = Array("\r\n\r\n".utf8)
        let split = received.indices.first { received[$0...].starts(with: end) } ?? received.endIndex
        answer.head = String(decoding: received[..<split], as: UTF8.self)
        answer.body = Array(received[split...].dropFirst(end.count))
        return answer
    }
}

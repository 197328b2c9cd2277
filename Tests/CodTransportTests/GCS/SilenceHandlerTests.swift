import AsyncHTTPClient
import CodCore
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import CodTransport

@Suite("A connection that is too slow is left, on a clock of the test's own")
struct SilenceHandlerTests {
    private final class Connection {
        let channel = EmbeddedChannel()

        init(_ change: (inout GCSOptions) -> Void = { _ in }) throws {
            var options = GCSOptions()
            change(&options)
            try channel.pipeline.syncOperations.addHandler(SilenceHandler(options))
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            request()
        }

        deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

        func request() {
            channel.write(
                HTTPClientRequestPart.head(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")), promise: nil)
            channel.read()
        }

        func head(_ status: HTTPResponseStatus = .ok) {
            receive(.head(HTTPResponseHead(version: .http1_1, status: status)))
            channel.read()
        }

        func body(_ byteCount: Int) {
            receive(.body(ByteBuffer(repeating: 1, count: byteCount)))
        }

        private func receive(_ part: HTTPClientResponsePart) {
            channel.pipeline.fireChannelRead(part)
            channel.pipeline.fireChannelReadComplete()
        }

        func end() { receive(.end(nil)) }

        /// Lets so many seconds pass; in each of them `byteCount` bytes come and are asked for again at once.
        func pass(_ seconds: Int, byteCount: Int = 0) {
            for _ in 0..<seconds {
                channel.embeddedEventLoop.advanceTime(by: .seconds(1))
                if byteCount > 0 {
                    body(byteCount)
                    channel.read()
                }
            }
        }

        var failure: (any Error)? {
            do {
                try channel.throwIfErrorCaught()
                return nil
            } catch {
                return error
            }
        }
    }

    @Test("Less than 16 KiB/s over 60 s breaks a body off, and says how much came")
    func trickle() throws {
        let connection = try Connection()
        connection.head()
        // The first tick, of which four make 30 s, begins the measure.
        connection.pass(67, byteCount: 16_000)
        #expect(connection.failure == nil)
        connection.pass(1, byteCount: 16_000)
        let error = try #require(connection.failure as? TooSlow)
        #expect((900_000..<16_384 * 60).contains(error.byteCount))
        #expect(error.interval == .seconds(60) && error.minimumBytesPerSecond == 16_384)
    }

    @Test("A body that is fast enough goes on for ever", arguments: [17_000, 1_000_000])
    func fastEnough(byteCount: Int) throws {
        let connection = try Connection()
        connection.head()
        connection.pass(600, byteCount: byteCount)
        #expect(connection.failure == nil)
    }

    @Test("A pause that the speed before and after makes up for is borne; silence ends after 30 s whatever came before")
    func pauses() throws {
        let connection = try Connection()
        connection.head()
        for _ in 0..<5 {
            connection.pass(20)
            connection.pass(10, byteCount: 1_000_000)
        }
        #expect(connection.failure == nil)
        connection.pass(29)
        #expect(connection.failure == nil)
        connection.pass(9)
        #expect(connection.failure as? HTTPClientError == .readTimeout)
    }

    @Test("Time in which nobody asks for bytes does not count, however long it is")
    func slowReader() throws {
        let connection = try Connection()
        connection.head()
        for _ in 0..<20 {
            connection.body(1000)
            connection.pass(600)
            connection.channel.read()
        }
        #expect(connection.failure == nil)
        // From here on it is the server that is slow.
        connection.pass(70, byteCount: 1000)
        #expect(connection.failure is TooSlow)
    }

    @Test("The time before the head does not count as a slow body, nor does an informational head begin one")
    func beforeHead() throws {
        let connection = try Connection { $0.timeout = .seconds(3600) }
        connection.head(.processing)
        connection.pass(1000)
        #expect(connection.failure == nil)
        connection.head()
        connection.pass(59)
        #expect(connection.failure == nil)
        connection.pass(17)
        #expect(connection.failure is TooSlow)
    }

    @Test("Informational heads are no answer: however many come, the time to the final one counts", arguments: [false, true])
    func informationalHeads(areEmptyReads: Bool) throws {
        let connection = try Connection()
        /// As the decoder passes them on, or as it keeps them to itself.
        func inform() {
            if areEmptyReads {
                connection.channel.pipeline.fireChannelReadComplete()
                connection.channel.read()
            } else {
                connection.head(.processing)
            }
        }
        for _ in 0..<29 {
            inform()
            connection.pass(1)
        }
        #expect(connection.failure == nil)
        for _ in 0..<9 {
            inform()
            connection.pass(1)
        }
        #expect(connection.failure as? HTTPClientError == .readTimeout)
    }

    @Test("After informational heads the final one begins the count anew, also on a connection that was used before")
    func headAfterInformational() throws {
        let connection = try Connection()
        for _ in 0..<3 {
            connection.head(.continue)
            connection.pass(25)
            connection.head()
            connection.pass(25)
            #expect(connection.failure == nil)
            connection.end()
            connection.pass(100)
            connection.request()
        }
        for _ in 0..<38 {
            connection.head(.continue)
            connection.pass(1)
        }
        #expect(connection.failure as? HTTPClientError == .readTimeout)
    }

    @Test("Each body is measured by itself; between two of them nothing is")
    func twoBodies() throws {
        let connection = try Connection()
        connection.head()
        connection.pass(50, byteCount: 100)
        connection.end()
        connection.pass(1000)
        connection.request()
        connection.head()
        connection.pass(50, byteCount: 100)
        #expect(connection.failure == nil)
        connection.pass(20, byteCount: 100)
        #expect(connection.failure is TooSlow)
    }

    @Test("The least pace and its time are the caller's; 0 bears everything but silence")
    func options() throws {
        let strict = try Connection {
            $0.minimumBytesPerSecond = 1_000_000
            $0.paceInterval = .seconds(4)
        }
        strict.head()
        strict.pass(6, byteCount: 900_000)
        #expect(strict.failure is TooSlow)
        let patient = try Connection { $0.minimumBytesPerSecond = 0 }
        patient.head()
        patient.pass(1000, byteCount: 1)
        #expect(patient.failure == nil)
        patient.pass(39)
        #expect(patient.failure as? HTTPClientError == .readTimeout)
    }

    @Test("A timeout much longer than the measured time, or much shorter, keeps both", arguments: [1, 30, 3600])
    func ratios(seconds: Int) throws {
        let connection = try Connection {
            $0.timeout = .seconds(seconds)
            $0.minimumBytesPerSecond = seconds == 30 ? 0 : $0.minimumBytesPerSecond
            $0.paceInterval = .seconds(60)
        }
        connection.pass(seconds - 1)
        #expect(connection.failure == nil)
        connection.pass(seconds / 3 + 2 + (seconds > 60 ? 16 : 0))
        #expect(connection.failure as? HTTPClientError == .readTimeout)
    }
}

import CodCore
import Testing

@testable import CodTransport

@Suite("Trying again")
struct TryingAgainTests {
    @Test("A host that cannot be reached gets three tries, a server that is busy all of them")
    func attempts() {
        func count(_ code: CodError.Code) -> Int {
            var attempts = Attempts(RetryPolicy())
            var count = 0
            repeat {
                count += 1
            } while (try? attempts.failed(CodError(code, "", transience: .transient), jitter: 0, now: .zero, hasContact: false)) != nil
            return count
        }
        #expect(count(.unreachable) == 3)
        #expect(count(.protocolViolation) == 3)
        #expect(count(.requestFailed) == 10)
        #expect(count(.truncated) == 10)
    }

    @Test("The tries at a refused port take less than 10 s in all")
    func refusedPort() throws {
        var attempts = Attempts(RetryPolicy())
        let error = CodError(.unreachable, "", transience: .transient)
        var sum = try attempts.failed(error, jitter: 0.999, now: .zero, hasContact: false)
        sum += try attempts.failed(error, jitter: 0.999, now: .zero, hasContact: false)
        #expect(sum < .seconds(4))
    }

    private func ticks(_ silence: inout Silence, _ count: Int) -> [Bool] {
        (0..<count).map { _ in silence.ticked() }
    }

    @Test("Silence ends a request after the allowed time, and not before")
    func silence() {
        var silence = Silence()
        silence.sent()
        silence.asked()
        // The first tick is counted from the request.
        #expect(ticks(&silence, 5) == [false, false, false, false, true])
    }

    @Test("Any byte begins the count anew")
    func trickle() {
        var silence = Silence()
        silence.sent()
        for _ in 0..<50 {
            #expect(!ticks(&silence, 4).contains(true))
            silence.received()
        }
    }

    @Test("A reader that does not ask is not held against the server")
    func slowReader() {
        var silence = Silence()
        silence.sent()
        silence.received()
        silence.answered()
        #expect(!ticks(&silence, 100).contains(true))
        silence.asked()
        #expect(ticks(&silence, 5) == [false, false, false, false, true])
    }

    private let object = StoredObject(
        name: "p/studies/1/series/2/metadata.json", path: "studies/1/series/2/metadata.json", byteCount: 9, generation: 5,
        checksum: CRC32C(0xe306_9283))

    private var reading: ObjectReading {
        ObjectReading(object, about: RequestSubject(kind: .object, displayName: "gs://b/o"), policy: RetryPolicy())
    }

    @Test("An object is whole when size and checksum agree, over any number of connections", arguments: 0...9)
    func wholeObject(firstCount: Int) throws {
        var reading = reading
        let bytes = Array("123456789".utf8)
        #expect(try reading.opened(.accept(skippedByteCount: 0)) == 0)
        if firstCount > 0 { try reading.received(ByteChunk(bytes[..<firstCount])) }
        if firstCount < 9 {
            #expect { try reading.ended() } throws: { ($0 as? CodError)?.code == .truncated }
            _ = try reading.failed(CodError(.truncated, "", transience: .transient), jitter: 0, now: .zero, hasContact: false)
            #expect(reading.wantedBytes.rangeHeader == (firstCount == 0 ? nil : "bytes=\(firstCount)-"))
            #expect(reading.wantedBytes.generation == 5)
            _ = try reading.opened(.accept(skippedByteCount: 0))
            try reading.received(ByteChunk(bytes[firstCount...]))
        }
        try reading.ended()
        #expect(reading.isComplete)
    }

    @Test("An object whose bytes are others, or too many, is not taken")
    func wrongObject() throws {
        var wrong = reading
        try wrong.received(ByteChunk(Array("123456780".utf8)))
        #expect { try wrong.ended() } throws: { ($0 as? CodError)?.code == .checksumMismatch }
        var long = reading
        #expect { try long.received(ByteChunk(Array("1234567890".utf8))) } throws: {
            ($0 as? CodError)?.code == .protocolViolation
        }
    }

    @Test("A decompressed body is taken whole or not at all")
    func decompressed() throws {
        var whole = reading
        #expect(try whole.opened(.decompressed) == 0)
        try whole.received(ByteChunk(Array(repeating: 1, count: 100)))
        try whole.ended()
        #expect(whole.isComplete)

        var broken = reading
        _ = try broken.opened(.decompressed)
        _ = try broken.failed(CodError(.truncated, "", transience: .transient), jitter: 0, now: .zero, hasContact: false)
        _ = try broken.opened(.decompressed)
        try broken.received(ByteChunk([1]))
        #expect { try broken.failed(CodError(.truncated, "", transience: .transient), jitter: 0, now: .zero, hasContact: false) } throws: {
            ($0 as? CodError)?.transience == .final
        }
        var late = reading
        try late.received(ByteChunk([1]))
        #expect { try late.opened(.decompressed) } throws: { ($0 as? CodError)?.code == .protocolViolation }
    }
}

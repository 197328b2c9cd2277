import CodCore
import Synchronization
import Testing

@Suite("The body of an instance as a sink sees it")
struct InstanceBodyTests {
    private func body(_ events: [InstanceEvent]) -> InstanceBody {
        var rest = events[...]
        return InstanceBody { rest.popFirst() }
    }

    @Test("Chunks, then nil again and again, with the checksum after the last")
    func whole() async throws {
        var body = body([.bytes(ByteChunk([1])), .bytes(ByteChunk([2])), .end(checksum: CRC32C(9)), .bytes(ByteChunk([3]))])
        #expect(try await body.next()?.bytes == [1])
        let early = body.checksum
        #expect(early == nil)
        #expect(try await body.next()?.bytes == [2])
        #expect(try await body.next()?.bytes == nil)
        let (isAtEnd, checksum) = (body.isAtEnd, body.checksum)
        #expect(isAtEnd)
        #expect(checksum == CRC32C(9))
        #expect(try await body.next()?.bytes == nil)
    }

    @Test("The failure of the instance is thrown in the place of the end")
    func failed() async throws {
        var body = body([.bytes(ByteChunk([1])), .failed(CodError(.checksumMismatch, "Other."))])
        _ = try await body.next()
        do {
            _ = try await body.next()
            Issue.record("it ended")
        } catch { #expect(CodError.Code.checksumMismatch ~= error) }
        let isAtEnd = body.isAtEnd
        #expect(isAtEnd)
    }

    @Test("A stream that goes on with another instance, or ends, inside this one is an error", arguments: [false, true])
    func broken(hasNext: Bool) async throws {
        var body = body(hasNext ? [.begin(.example("b"))] : [])
        do {
            _ = try await body.next()
            Issue.record("it ended")
        } catch { #expect(CodError.Code.damagedArchive ~= error) }
        let isAtEnd = body.isAtEnd
        #expect(!isAtEnd)
    }

    @Test("Once the stream broke off, it is not asked again: every call throws what the first one threw")
    func brokenOff() async throws {
        let calls = Mutex(0)
        var body = InstanceBody {
            calls.withLock { $0 += 1 }
            throw CodError(.objectChanged, "It is another.")
        }
        for _ in 0..<3 {
            do {
                _ = try await body.next()
                Issue.record("it ended")
            } catch { #expect(CodError.Code.objectChanged ~= error) }
        }
        let isAtEnd = body.isAtEnd
        #expect(!isAtEnd && calls.withLock(\.self) == 1)
    }
}

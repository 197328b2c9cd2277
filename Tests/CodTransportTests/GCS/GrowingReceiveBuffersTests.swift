import NIOCore
import Testing

@testable import CodTransport

@Suite("The buffers that a connection's bytes arrive in")
struct GrowingReceiveBuffersTests {
    @Test("Stay small while reads do not fill them, however many there are")
    func small() {
        var buffers = GrowingReceiveBuffers(mostByteCount: 2 << 20)
        for byteCount in [0, 1, 3_200, (64 << 10) - 1, 3_200] {
            let mayGrow = buffers.record(actualReadBytes: byteCount)
            #expect(!mayGrow)
            #expect(buffers.nextBufferSize() == 64 << 10)
        }
    }

    @Test("Grow to the most there may be when reads fill them, no further, and stay")
    func growing() {
        var buffers = GrowingReceiveBuffers(mostByteCount: 2 << 20)
        var sizes: [Int] = []
        for _ in 0..<5 {
            sizes.append(buffers.nextBufferSize() ?? 0)
            _ = buffers.record(actualReadBytes: sizes.last ?? 0)
        }
        #expect(sizes == [64 << 10, 256 << 10, 1 << 20, 2 << 20, 2 << 20])
        let mayGrow = buffers.record(actualReadBytes: 10)
        #expect(!mayGrow)
        #expect(buffers.buffer(allocator: ByteBufferAllocator()).capacity == 2 << 20)
    }

    @Test("Never have more than they may, where that is little")
    func little() {
        var buffers = GrowingReceiveBuffers(mostByteCount: 16 << 10)
        #expect(buffers.nextBufferSize() == 16 << 10)
        let mayGrow = buffers.record(actualReadBytes: 16 << 10)
        #expect(!mayGrow)
    }
}

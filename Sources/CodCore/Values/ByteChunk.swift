package import NIOCore

/// A run of bytes on its way through the stages, as the network or the disk gave it; 1 byte to about 1 MiB.
///
/// Copying a chunk copies no bytes: a part of one shares its memory.
public struct ByteChunk: Sendable {
    /// The bytes, in the buffer that they were received in.
    package var buffer: ByteBuffer

    package init(_ buffer: ByteBuffer) {
        self.buffer = buffer
    }

    /// A chunk that holds a copy of `bytes`.
    public init(_ bytes: some Sequence<UInt8>) {
        buffer = ByteBuffer(bytes: bytes)
    }

    /// How many bytes it holds.
    public var count: Int { buffer.readableBytes }

    /// Lends the bytes for as long as `body` runs.
    public func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(buffer.readableBytesSpan)
    }

    /// An empty chunk with room for so many bytes, to be appended to.
    package init(reserving byteCount: Int) {
        buffer = ByteBufferAllocator().buffer(capacity: byteCount)
    }

    /// Adds a copy of another chunk's bytes.
    package mutating func append(_ other: ByteChunk) {
        buffer.writeImmutableBuffer(other.buffer)
    }

    /// Removes the first `count` bytes and answers them, sharing the memory; `nil` when there are fewer.
    package mutating func takeFirst(_ count: Int) -> ByteChunk? {
        buffer.readSlice(length: count).map(ByteChunk.init)
    }

    /// Removes the first `count` bytes; all of them when there are fewer.
    package mutating func dropFirst(_ count: Int) {
        buffer.moveReaderIndex(forwardBy: min(count, self.count))
    }
}

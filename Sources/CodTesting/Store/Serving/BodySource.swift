internal import NIOCore

/// Hands out a body a piece at a time.
struct BodySource {
    private let body: StoreReply.Body
    private var givenByteCount: Int64 = 0
    private var readByteCount: Int64 = 0
    private let inflation: GzipInflation?

    init(_ body: StoreReply.Body) throws {
        self.body = body
        if case .inflated = body { inflation = try GzipInflation() } else { inflation = nil }
    }

    /// Where the next piece lies in the object, or in a body that is no object.
    var offset: Int64 {
        if case .stored(_, let range) = body { return range.lowerBound + givenByteCount }
        return givenByteCount
    }

    /// The next bytes, at most so many; `nil` at the end. Throws when the object behind it is shorter than it was.
    mutating func next(byteCount: Int) async throws -> ByteBuffer? {
        let piece = try await piece(byteCount: byteCount)
        givenByteCount += Int64(piece.readableBytes)
        return piece.readableBytes == 0 ? nil : piece
    }

    private mutating func piece(byteCount: Int) async throws -> ByteBuffer {
        switch body {
        case .none: return ByteBuffer()
        case .bytes(let bytes):
            let count = min(byteCount, bytes.readableBytes - Int(givenByteCount))
            return bytes.getSlice(at: bytes.readerIndex + Int(givenByteCount), length: count) ?? ByteBuffer()
        case .stored(let object, let range):
            let count = min(Int64(byteCount), range.upperBound - offset)
            if count == 0 { return ByteBuffer() }
            let bytes = try await object.readAside(at: offset, byteCount: Int(count))
            if bytes.readableBytes == 0 { throw LoopbackConnection.Ended() }
            return bytes
        case .inflated(let object): return try await inflated(object, byteCount: byteCount)
        }
    }

    private mutating func inflated(_ object: BucketObject, byteCount: Int) async throws -> ByteBuffer {
        guard let inflation else { return ByteBuffer() }
        while true {
            let bytes = try inflation.next(byteCount: byteCount)
            if bytes.readableBytes > 0 { return bytes }
            guard inflation.needsInput else { continue }
            let stored = try await object.readAside(at: readByteCount, byteCount: 64 << 10)
            if stored.readableBytes == 0 {
                try inflation.finish()
                return bytes
            }
            readByteCount += Int64(stored.readableBytes)
            inflation.feed(stored)
        }
    }
}

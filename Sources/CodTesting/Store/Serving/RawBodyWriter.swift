internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// Writes an answer past HTTP's framing, for answers that break it; the connection ends with it.
struct RawBodyWriter: ResponseBodyWriter {
    private let connection: LoopbackConnection
    private let isChunked: Bool

    /// Writes the head.
    init(head: HTTPResponse, isChunked: Bool, on connection: LoopbackConnection) async throws {
        self.connection = connection
        self.isChunked = isChunked
        var text = "HTTP/1.1 \(head.status.code) \(head.status.reasonPhrase)\r\n"
        for field in head.headerFields { text += "\(field.name.rawName): \(field.value)\r\n" }
        try await connection.write(ByteBuffer(string: text + (isChunked ? "transfer-encoding: chunked\r\n\r\n" : "\r\n")))
    }

    mutating func write(_ buffer: ByteBuffer) async throws {
        guard isChunked else { return try await connection.write(buffer) }
        var chunk = ByteBuffer(string: "\(String(buffer.readableBytes, radix: 16))\r\n")
        chunk.writeImmutableBuffer(buffer)
        chunk.writeString("\r\n")
        try await connection.write(chunk)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        if isChunked { try await connection.write(ByteBuffer(string: "0\r\n\r\n")) }
    }
}

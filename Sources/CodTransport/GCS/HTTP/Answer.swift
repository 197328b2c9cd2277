import AsyncHTTPClient
import CodCore
import NIOCore

/// The answer to a request: its head, and the body, of which nothing has been read yet.
///
/// Letting go of it, or of the body's reader, before the body's end closes the connection.
struct Answer: Sendable {
    let head: AnswerHead
    let body: HTTPClientResponse.Body
    /// Who answered.
    let origin: HTTPAddress.Origin
    let hadToken: Bool
    let subject: RequestSubject
    let patience: Duration
    /// Kept as long as the body is read.
    let connections: HTTPConnections
    /// Kept until the body has ended or is let go of.
    let permit: Permit
}

/// Reads the bytes that were asked for out of an answer's body.
struct AnswerBody {
    private let answer: Answer
    private var iterator: HTTPClientResponse.Body.AsyncIterator?
    private var window: ByteWindow
    private var receivedByteCount: Int64 = 0

    init(_ answer: Answer, window: ByteWindow) {
        self.answer = answer
        self.window = window
        iterator = answer.body.makeAsyncIterator()
    }

    /// The next bytes, never none of them; `nil` after the last that was asked for, or when the body ends before that.
    mutating func next() async throws -> ByteChunk? {
        while iterator != nil {
            // With the body's last byte read, one more call lets the connection be used again. Otherwise it is closed.
            if window.isFull && receivedByteCount != answer.head.contentByteCount { break }
            guard let buffer = try await nextBuffer() else { break }
            receivedByteCount += Int64(buffer.readableBytes)
            answer.permit.received()
            let chunk = window.cut(ByteChunk(buffer))
            if chunk.count > 0 { return chunk }
        }
        iterator = nil
        // A body that ended without its bytes is no answer.
        if window.remainingByteCount ?? 0 == 0 { answer.permit.answered() }
        answer.permit.end()
        return nil
    }

    private mutating func nextBuffer() async throws -> ByteBuffer? {
        do {
            guard let buffer = try await iterator?.next(isolation: #isolation) else {
                // A body that a cancellation cut off may look like one that has ended.
                try Task.checkCancellation()
                return nil
            }
            return buffer
        } catch {
            iterator = nil
            let error = CodError.connection(
                error, in: .inBody, to: answer.origin, about: answer.subject, patience: answer.patience)
            answer.permit.end(with: error)
            throw error
        }
    }
}

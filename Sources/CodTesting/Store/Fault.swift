extension LoopbackStore {
    /// One way to misbehave, used up by one request.
    ///
    /// Byte counts are of the body as it is sent; a body that is shorter is sent whole first. What a client sees before a
    /// reset may be less than was sent, because a reset overtakes bytes; before a close it is all of them. Over TLS a connection
    /// ends the same way: without the word (close_notify) by which TLS says that nothing is missing.
    public enum Fault: Sendable {
        /// None: the request is answered well.
        case pass
        /// All of these, applied in order.
        case all([Fault])

        // Before the head

        /// Another status, of three digits; without a body, the error body that the service would send.
        case status(Int, headers: [String: String] = [:], body: String? = nil)
        /// The connection is reset (RST) before anything is sent.
        case resetBeforeHead
        /// The connection is closed (FIN) before anything is sent.
        case closeBeforeHead
        /// Nothing is sent until the gate opens or the client goes away.
        case stallBeforeHead(until: Gate = Gate())
        /// The head comes later by this.
        case latency(Duration)
        /// The object has these bytes, and a new generation, before the request is looked at.
        case overwrite([UInt8])
        /// The token that the request came with is accepted no more, from this request on.
        case expireToken
        /// A redirect to another address.
        case redirect(to: String, status: Int = 307)

        // In the head

        /// Headers that replace the ones of that name; `nil` removes them.
        case headers([String: String?])
        /// No `x-goog-hash`.
        case dropHash
        /// A range is not looked at: 200 and the whole object.
        case ignoreRange
        /// `Accept-Encoding` is not looked at, as when a proxy takes it out: what is stored gzipped comes inflated.
        case ignoreAcceptEncoding
        /// Another status for an answer that is otherwise right, `Content-Range` included.
        case statusKeepingRange(Int)
        /// A `Content-Length` that is off by this; the whole body is sent, then the connection is closed.
        case wrongLength(by: Int64)
        /// Neither length nor chunks, `Connection: close`: the body ends with the connection, whole or after so many bytes.
        case noLength(truncatedTo: Int64? = nil)
        /// Chunked instead of a length.
        case chunked

        // In the body

        /// The connection is reset (RST) after so many bytes.
        case reset(afterByteCount: Int64)
        /// The connection is closed (FIN) after so many bytes, though the head announced all.
        case close(afterByteCount: Int64)
        /// Nothing more is sent after so many bytes until the gate opens or the client goes away.
        case stall(afterByteCount: Int64, until: Gate = Gate())
        /// A few bytes at a time, with a pause before each.
        case drip(byteCount: Int, every: Duration)
        /// No faster than this.
        case throttle(bytesPerSecond: Int64)
        /// All bits of one byte are flipped; its place is counted from the start of the object, or of another body.
        case corrupt(atByte: Int64)
        /// A body that is cut short, in an answer that is well formed.
        case truncate(toByteCount: Int64)
        /// A right answer, after which the connection is closed without notice.
        case closeAfterAnswer

        // Of a listing

        /// A page that holds nothing and has a token.
        case emptyPage
        /// A page whose token leads to the same page.
        case repeatPageToken
    }
}

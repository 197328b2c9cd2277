/// How an answer will be sent, faults included: decided before the first byte of it.
struct ReplyPlan: Sendable {
    enum Framing: Sendable, Hashable {
        /// `Content-Length`, right or wrong.
        case length(Int64)
        case chunked
        /// The body ends with the connection, or there is none.
        case unsaid
    }

    enum Ending: Sendable, Hashable {
        /// The connection serves another request.
        case keepAlive
        case close
        case reset
    }

    /// Three digits, whatever a script said.
    private(set) var status: Int { didSet { status = Self.threeDigits(status) } }
    private(set) var headers: [(name: String, value: String)]
    private(set) var body: StoreReply.Body
    private(set) var framing: Framing
    /// At most so many bytes of the body are sent.
    private(set) var byteLimit = Int64.max
    private(set) var ending = Ending.keepAlive
    /// Whether the body is ended as its framing wants it, before the ending.
    private(set) var isWhole = true
    private(set) var stall: (afterByteCount: Int64, gate: LoopbackStore.Gate)?
    /// The bytes that are flipped, counted from the start of the object.
    private(set) var flippedOffsets: Set<Int64> = []
    private(set) var bytesPerSecond: Int64?
    private(set) var drip: (byteCount: Int, pause: Duration)?

    /// The answer as it should be. To HEAD it has no body, and says what GET would say.
    init(_ reply: StoreReply, isHead: Bool, bytesPerSecond: Int64?) {
        status = Self.threeDigits(reply.status)
        headers = reply.headers
        body = isHead ? .none : reply.body
        framing = reply.body.byteCount.map { .length($0) } ?? .chunked
        self.bytesPerSecond = bytesPerSecond
        guard isHead, framing == .chunked else { return }
        // Hummingbird would end the body that is not there with a last chunk.
        framing = .unsaid
        close()
    }

    /// Changes it as a fault wants. Faults that come before an answer is made are none of its business.
    mutating func apply(_ fault: LoopbackStore.Fault) {
        switch fault {
        case .headers(let replaced): for (name, value) in replaced { replaceHeader(name, with: value) }
        case .dropHash: replaceHeader("x-goog-hash", with: nil)
        case .statusKeepingRange(let status): self.status = status
        case .wrongLength(let difference):
            if case .length(let length) = framing { framing = .length(max(0, length + difference)) }
            close()
        case .noLength(let count):
            framing = .unsaid
            byteLimit = count ?? byteLimit
            close()
        case .chunked: framing = .chunked
        case .reset(let count):
            (byteLimit, ending, isWhole) = (count, .reset, false)
        case .close(let count):
            (byteLimit, ending, isWhole) = (count, .close, false)
        case .stall(let count, let gate): stall = (count, gate)
        case .drip(let count, let pause): drip = (max(1, count), pause)
        case .throttle(let rate): bytesPerSecond = min(rate, bytesPerSecond ?? rate)
        case .corrupt(let offset): flippedOffsets.insert(offset)
        case .truncate(let count):
            byteLimit = count
            if case .length(let length) = framing { framing = .length(min(length, count)) }
        case .closeAfterAnswer: ending = .close
        case .pass, .all, .status, .resetBeforeHead, .closeBeforeHead, .stallBeforeHead, .latency, .overwrite, .expireToken,
            .redirect, .ignoreRange, .ignoreAcceptEncoding, .emptyPage, .repeatPageToken:
            break
        }
    }

    /// How many bytes of the body will be sent; `nil` where it is known only at the end.
    var plannedByteCount: Int64? { body.byteCount.map { min($0, byteLimit) } }

    /// Whether it must be written past Hummingbird, which knows proper answers only.
    var isRaw: Bool { ending != .keepAlive || status < 200 }

    private static func threeDigits(_ status: Int) -> Int { min(max(status, 100), 999) }

    private mutating func close() {
        ending = .close
        replaceHeader("connection", with: "close")
    }

    private mutating func replaceHeader(_ name: String, with value: String?) {
        headers.removeAll { $0.name == name.lowercased() }
        if let value { headers.append((name.lowercased(), value)) }
    }
}

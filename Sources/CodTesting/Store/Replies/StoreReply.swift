internal import NIOCore

/// An answer as it should be, before any fault; its length is not among the headers yet.
struct StoreReply: Sendable {
    enum Body: Sendable {
        case none
        case bytes(ByteBuffer)
        /// A part of an object's bytes as they are stored.
        case stored(BucketObject, Range<Int64>)
        /// A gzipped object, inflated on the way.
        case inflated(BucketObject)

        /// `nil` where it is known only at the end.
        var byteCount: Int64? {
            switch self {
            case .none: 0
            case .bytes(let bytes): Int64(bytes.readableBytes)
            case .stored(_, let range): Int64(range.count)
            case .inflated: nil
            }
        }
    }

    var status: Int
    /// In order; a name may stand in several.
    var headers: [(name: String, value: String)]
    var body: Body

    init(status: Int, headers: [(name: String, value: String)] = [], body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

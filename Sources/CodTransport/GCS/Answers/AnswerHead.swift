import NIOHTTP1

/// What the head of an answer says, as far as anything here depends on it.
struct AnswerHead: Equatable, Sendable {
    /// A header that is there or not, and can be read or not.
    enum Field<Value: Equatable & Sendable>: Equatable, Sendable {
        case absent
        case unreadable(String)
        case value(Value)
    }

    var status: Int
    var contentRange = Field<ContentRange>.absent
    var contentByteCount: Int64?
    var contentEncoding: String?
    var contentType: String?
    /// The object's generation (`x-goog-generation`).
    var generation: Int64?
    /// How the object is stored (`x-goog-stored-content-encoding`): `gzip` or `identity`.
    var storedEncoding: String?
    var retryAfter: Duration?
    var location: String?
    /// The time by the server's clock, in seconds since the beginning of 1970.
    var date: Int64?

    init(status: Int) {
        self.status = status
    }

    init(status: Int, headers: HTTPHeaders) {
        self.status = status
        if let text = headers.first(name: "content-range") {
            contentRange = ContentRange(parsing: text).map { .value($0) } ?? .unreadable(text)
        }
        contentByteCount = headers.first(name: "content-length").flatMap { Int64($0) }.flatMap { $0 < 0 ? nil : $0 }
        contentEncoding = headers.first(name: "content-encoding")?.lowercased()
        contentType = headers.first(name: "content-type")?.lowercased()
        generation = headers.first(name: "x-goog-generation").flatMap { Int64($0) }
        storedEncoding = headers.first(name: "x-goog-stored-content-encoding")?.lowercased()
        let date = headers.first(name: "date")
        self.date = date.flatMap(HTTPDate.secondsSince1970)
        retryAfter = headers.first(name: "retry-after").flatMap { RetryAfter.duration($0, date: date) }
        location = headers.first(name: "location")
    }

    /// Whether the object is stored compressed and the body is not: the service, or something on the way, has decompressed it.
    /// Sizes, ranges and checksums of such a body are not those of the object.
    var isDecompressed: Bool { storedEncoding == "gzip" && contentEncoding != "gzip" }

    /// Whether the object is stored plain and the body is compressed: something on the way has done that.
    var isCompressedOnTheWay: Bool { contentEncoding == "gzip" && storedEncoding == "identity" }

    /// Whether the body is a web page.
    var isWebPage: Bool { contentType?.hasPrefix("text/html") ?? false }
}

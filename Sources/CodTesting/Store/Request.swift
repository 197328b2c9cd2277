extension LoopbackStore {
    /// A request as the log keeps it.
    public struct Request: Sendable, CustomStringConvertible {
        /// What was asked for.
        public enum Kind: Sendable {
            /// A page of a listing.
            case list
            /// An object's metadata.
            case metadata
            /// An object's bytes, by either API, with GET or HEAD.
            case media
            /// Anything else.
            case other
        }

        /// How far the answer has come.
        public enum Progress: Sendable {
            /// It is not over.
            case running
            /// All that was to be sent was handed to the connection.
            case complete
            /// It was broken off, by a fault or by the client.
            case broken
        }

        /// Counts the store's requests from 0, in the order of their arrival.
        public let number: Int
        /// Counts the store's connections from 0.
        public let connectionNumber: Int
        /// `GET`, say.
        public let method: String
        /// Path and query as they were sent.
        public let target: String
        /// What was asked for.
        public let kind: Kind
        /// The bucket and the object that the path names, decoded.
        public let bucketName: String?
        /// The object that the path names, decoded.
        public let objectName: String?
        /// The query, decoded; the last one of a name counts.
        public let query: [String: String]
        /// Header fields by lower-case name, several of a name joined by `, `. **`authorization` is among them.**
        public let headers: [String: String]
        /// The status that was sent; `nil` before that, and when none was.
        public internal(set) var status: Int?
        /// How many bytes of a body were handed to the connection.
        public internal(set) var byteCount: Int64 = 0
        /// How far the answer has come.
        public internal(set) var progress = Progress.running

        /// The `Range` field.
        public var range: String? { headers["range"] }

        /// The bearer token it came with.
        public var token: String? {
            guard let field = headers["authorization"], field.lowercased().hasPrefix("bearer ") else { return nil }
            return String(field.dropFirst("bearer ".count))
        }

        /// Whether it reads the bytes of a tar.
        public var isArchiveRead: Bool { kind == .media && objectName?.hasSuffix(".tar") == true }

        /// One line for a log: method, path, range, status and byte count. Neither the query nor a token is in it.
        public var description: String {
            let path = target.prefix { $0 != "?" }
            let answer = status.map(String.init) ?? "no answer"
            let end = progress == .broken ? ", broken off" : ""
            return "\(method) \(path)\(range.map { " [\($0)]" } ?? "") → \(answer), \(byteCount) bytes\(end)"
        }
    }

    /// How much goes on at a time.
    public struct Traffic: Sendable, Hashable {
        /// Connections that were opened so far, those included that never came to a request.
        public internal(set) var openedConnectionCount = 0
        /// Connections that are open.
        public internal(set) var connectionCount = 0
        /// Their largest number at a time.
        public internal(set) var peakConnectionCount = 0
        /// Reads of tars that are running: from their arrival until their last bytes are about to be handed to the connection.
        public internal(set) var archiveReadCount = 0
        /// Their largest number at a time.
        public internal(set) var peakArchiveReadCount = 0
    }
}

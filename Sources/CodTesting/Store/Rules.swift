extension LoopbackStore {
    /// What holds for all requests to a store. As made, everybody may read, at full speed, in pages of 1000.
    public struct Rules: Sendable {
        /// The tokens that are let in; `nil` lets in everybody, with and without a token.
        ///
        /// A wrong token is answered 401 by both APIs; none is answered 401 by the JSON API and 403 by the XML API.
        public var acceptedTokens: Set<String>?
        /// After so many requests a token is taken out of ``acceptedTokens``: it has expired. `nil`: never.
        public var requestsPerToken: Int?
        /// Whether requests must name a project that pays (`userProject` or `x-goog-user-project`); without one they get 400.
        public var requesterPays = false
        /// At most so many items and prefixes in a page of a listing, whatever `maxResults` says; at most 1000.
        public var pageLimit = 1_000
        /// Whether listings and metadata are gzipped for clients that accept that.
        public var compressesJSON = false
        /// The time that passes before the head of each answer.
        public var latency = Duration.zero
        /// How fast a body is sent on one connection; `nil` for no limit.
        public var bytesPerSecond: Int64?

        /// Rules that let in everybody.
        public init() {}
    }
}

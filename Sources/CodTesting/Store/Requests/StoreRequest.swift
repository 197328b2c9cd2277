/// A request as the store understands it; made of its line and headers alone.
struct StoreRequest: Sendable {
    /// Whose rules hold: those of the JSON API, or those of the XML API.
    enum API: Sendable { case json, xml }

    enum Resource: Sendable, Hashable {
        case list(bucket: String)
        case object(bucket: String, ObjectName)
        /// A path that leads nowhere, or that cannot be decoded.
        case unknown
    }

    let method: String
    let target: String
    let api: API
    let resource: Resource
    let query: [String: String]
    /// By lower-case name.
    let headers: [String: String]

    init(method: String, target: String, headers: [String: String]) {
        self.method = method
        self.target = target
        self.headers = headers
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        query = parts.count == 2 ? Self.query(parts[1]) : [:]
        (api, resource) = Self.route(parts.first ?? "")
    }

    /// Whether an object's bytes are asked for rather than what is said of it.
    var isMedia: Bool {
        guard case .object = resource else { return false }
        return api == .xml || query["alt"] == "media"
    }

    /// Whether the client takes gzip (RFC 9110 §12.5.3); without the field it does not.
    var acceptsGzip: Bool {
        guard let field = headers["accept-encoding"] else { return false }
        return field.lowercased().split(separator: ",").contains { item in
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let coding = parts.first, ["gzip", "x-gzip", "*"].contains(coding) else { return false }
            guard let weight = parts.first(where: { $0.hasPrefix("q=") }) else { return true }
            return Double(weight.dropFirst(2)).map { $0 > 0 } ?? false
        }
    }

    var token: String? {
        guard let field = headers["authorization"] else { return nil }
        return field.lowercased().hasPrefix("bearer ") ? String(field.dropFirst("bearer ".count)) : ""
    }

    private static func query(_ text: Substring) -> [String: String] {
        var query: [String: String] = [:]
        for item in text.split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = pair.first.flatMap({ PercentCoding.decoded($0, plusIsSpace: true) }) else { continue }
            query[name] = pair.count == 2 ? PercentCoding.decoded(pair[1], plusIsSpace: true) : ""
        }
        return query
    }

    /// In JSON paths an object's name is one part, so its slashes are encoded; in XML paths it is all that follows the bucket.
    private static func route(_ path: Substring) -> (API, Resource) {
        for base in ["/storage/v1/b/", "/download/storage/v1/b/"] where path.hasPrefix(base) {
            let parts = path.dropFirst(base.count).split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count >= 2, parts[1] == "o", let bucket = PercentCoding.decoded(parts[0]), !bucket.isEmpty else {
                return (.json, .unknown)
            }
            if parts.count == 2 { return (.json, .list(bucket: bucket)) }
            guard parts.count == 3, let name = PercentCoding.decoded(parts[2]), !name.isEmpty else { return (.json, .unknown) }
            return (.json, .object(bucket: bucket, ObjectName(name)))
        }
        let parts = path.dropFirst().split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let bucket = PercentCoding.decoded(parts[0]), let name = PercentCoding.decoded(parts[1]),
            !bucket.isEmpty, !name.isEmpty
        else { return (.xml, .unknown) }
        return (.xml, .object(bucket: bucket, ObjectName(name)))
    }
}

extension LoopbackStore.Request {
    init(_ request: StoreRequest, number: Int, connectionNumber: Int) {
        self.number = number
        self.connectionNumber = connectionNumber
        method = request.method
        target = request.target
        query = request.query
        headers = request.headers
        switch request.resource {
        case .list(let bucket): (kind, bucketName, objectName) = (.list, bucket, nil)
        case .object(let bucket, let name):
            (kind, bucketName, objectName) = (request.isMedia ? .media : .metadata, bucket, name.text)
        case .unknown: (kind, bucketName, objectName) = (.other, nil, nil)
        }
    }
}

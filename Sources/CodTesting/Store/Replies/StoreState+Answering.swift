internal import NIOCore
internal import Synchronization

/// What the store says to a request, faults aside.
extension StoreState {
    /// How a listing goes wrong.
    enum ListTrick: Sendable { case none, empty, repeating }

    /// Blocks on the disk for a bucket over a folder.
    func reply(to request: StoreRequest, trick: ListTrick = .none) throws -> StoreReply {
        if let refusal = refusal(of: request) { return refusal.reply(in: request.api) }
        switch request.resource {
        case .unknown: return ServiceError.noSuchPath.reply(in: request.api)
        case .list: return try list(request, trick)
        case .object(_, let name):
            guard let object = try bucket.object(name) else {
                return ServiceError.noSuchObject(name, in: bucket.name).reply(in: request.api)
            }
            return try read(object, request)
        }
    }

    private func refusal(of request: StoreRequest) -> ServiceError? {
        guard ["GET", "HEAD"].contains(request.method) else { return .readsOnly }
        let permission: String
        switch request.resource {
        case .unknown: return nil
        case .list(let name):
            permission = "storage.objects.list"
            guard name == bucket.name else { return .noSuchBucket }
        case .object(let name, _):
            permission = "storage.objects.get"
            guard name == bucket.name else { return .noSuchBucket }
        }
        let rules = rules.withLock { $0 }
        if let token = request.token {
            guard accepts(token) else { return .invalidToken }
        } else if rules.acceptedTokens != nil {
            return .anonymous(request.api, permission: permission)
        }
        let payer = request.api == .json ? request.query["userProject"] : request.headers["x-goog-user-project"]
        return rules.requesterPays && (payer ?? "").isEmpty ? .userProjectMissing : nil
    }

    private func read(_ object: BucketObject, _ request: StoreRequest) throws -> StoreReply {
        switch Preconditions(of: request).outcome(generation: object.generation, metageneration: object.metageneration) {
        case .met: break
        case .notModified: return StoreReply(status: 304, headers: [("x-goog-generation", String(object.generation))])
        case .failed: return ServiceError.preconditionFailed.reply(in: request.api)
        case .noSuchGeneration: return ServiceError.noSuchObject(object.name, in: bucket.name).reply(in: request.api)
        case .malformed(let name):
            return ServiceError.invalid("Invalid value for \(name).", parameter: name).reply(in: request.api)
        }
        if request.isMedia { return try object.media(for: request, checksums: checksums) }
        let known = Dictionary(uniqueKeysWithValues: BucketObject.resourceNames.map { ($0, Set<String>()) })
        guard let selector = selector(request, known: known) else { return Self.badSelection(request) }
        var answer = json(try object.resource(in: bucket.name, selector, checksums: checksums), request)
        answer.headers.append(("etag", object.etag))
        return answer
    }

    private func list(_ request: StoreRequest, _ trick: ListTrick) throws -> StoreReply {
        let known = ["items": BucketObject.resourceNames, "kind": [], "prefixes": [], "nextPageToken": []]
        guard let selector = selector(request, known: known) else { return Self.badSelection(request) }
        let query: ListQuery
        do { query = try ListQuery(request.query, pageLimit: rules.withLock { $0.pageLimit }) } catch {
            return error.error.reply(in: request.api)
        }
        var page = try ListPage(query, from: bucket.names(beginningWith: query.prefix))
        if trick == .empty { page = ListPage(leadingTo: query.start) }
        var members: [(name: String, value: ReplyJSON)] = [("kind", .text("storage#objects"))]
        let next = trick == .repeating ? query.start : page.next
        if let next { members.append(("nextPageToken", .text(query.token(at: next)))) }
        if !page.prefixes.isEmpty { members.append(("prefixes", .list(page.prefixes.map { .text($0) }))) }
        if let selected = selector["items"] {
            // What was removed since it was listed is left out.
            let items = try page.names.compactMap {
                try bucket.object($0)?.resource(in: bucket.name, selected, checksums: checksums)
            }
            if !items.isEmpty { members.append(("items", .list(items))) }
        }
        return json(.object(members.filter { selector[$0.name] != nil }), request)
    }

    private func checksums(of object: BucketObject) throws -> ObjectChecksums? {
        let limit = rules.withLock { $0.largestSummedByteCount }
        return object.byteCount > limit ? nil : try bucket.checksums.checksums(of: object)
    }

    private func selector(_ request: StoreRequest, known: [String: Set<String>]) -> FieldSelector? {
        guard let text = request.query["fields"], !text.isEmpty else { return .everything }
        guard let selector = FieldSelector(text), selector.unknownName(among: known) == nil else { return nil }
        return selector
    }

    private static func badSelection(_ request: StoreRequest) -> StoreReply {
        ServiceError.invalid("Invalid field selection \(request.query["fields"] ?? "")", parameter: "fields").reply(in: .json)
    }

    private func json(_ value: ReplyJSON, _ request: StoreRequest) -> StoreReply {
        let isPretty = !["false", "0"].contains(request.query["prettyPrint"])
        let text = value.encoded(isPretty: isPretty) + (isPretty ? "\n" : "")
        var headers = [(name: "content-type", value: "application/json; charset=UTF-8"), ("vary", "Accept-Encoding")]
        var body = ByteBuffer(string: text)
        if request.acceptsGzip, rules.withLock({ $0.compressesJSON }), let packed = try? gzip(Array(text.utf8)) {
            body = ByteBuffer(bytes: packed)
            headers.append(("content-encoding", "gzip"))
        }
        return StoreReply(status: 200, headers: headers, body: .bytes(body))
    }
}

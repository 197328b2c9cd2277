internal import CodCore
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// Answers requests: has the store say what is right, lets faults spoil it, sends it and keeps the log.
struct StoreResponder: Sendable {
    let state: StoreState

    /// Returns when the answer was handed on. Throws to end the connection, which is also how a fault ends it.
    @concurrent
    func respond(to raw: Request, writer: consuming ResponseWriter, connection: LoopbackConnection) async throws {
        let request = StoreRequest(
            method: raw.head.method.rawValue, target: raw.head.path ?? "/", headers: Self.headers(of: raw.head))
        let entry = RequestEntry(request, connection: connection, in: state)
        let faults = entry.takeFaults()
        do {
            try await misbehaveBeforeHead(faults, entry, connection)
            let plan = try await plan(for: request, faults)
            entry.willAnswer(status: plan.status, isAll: plan.isWhole && plan.plannedByteCount == 0)
            var body: any ResponseBodyWriter =
                plan.isRaw
                ? try await RawBodyWriter(head: Self.head(of: plan), isChunked: plan.framing == .chunked, on: connection)
                : try await writer.writeHead(Self.head(of: plan))
            let pump = BodyPump(plan: plan, connection: connection, timing: state.timing) {
                entry.willSend($0, isLast: $1, isAll: $1 && plan.isWhole)
            }
            try await pump.run(to: &body)
            if plan.isWhole {
                entry.willFinish()
                try await body.finish(nil)
            }
            if plan.ending != .keepAlive { try await end(plan.ending, connection, entry) }
            entry.end()
        } catch {
            entry.willBreak()
            entry.end()
            throw error
        }
    }

    private func misbehaveBeforeHead(
        _ faults: [LoopbackStore.Fault], _ entry: RequestEntry, _ connection: LoopbackConnection
    ) async throws {
        let latency = state.rules.withLock { $0.latency }
        if latency > .zero { try await state.timing.sleep(latency) }
        for fault in faults {
            switch fault {
            case .latency(let duration): try await state.timing.sleep(duration)
            case .stallBeforeHead(let gate): try await connection.wait(for: gate)
            case .resetBeforeHead: try await end(.reset, connection, entry)
            case .closeBeforeHead: try await end(.close, connection, entry)
            case .expireToken: if let token = entry.token { state.expire(token) }
            case .overwrite(let bytes):
                // An object that is not there has nothing to overwrite.
                if let name = entry.objectName { _ = try? state.bucket.overwrite(ObjectName(name), ByteBuffer(bytes: bytes)) }
            default: break
            }
        }
    }

    private func plan(for request: StoreRequest, _ faults: [LoopbackStore.Fault]) async throws -> ReplyPlan {
        var trick = StoreState.ListTrick.none
        var headers = request.headers
        var scripted: StoreReply?
        for fault in faults {
            switch fault {
            case .emptyPage: trick = .empty
            case .repeatPageToken: trick = .repeating
            case .ignoreRange: headers["range"] = nil
            case .ignoreAcceptEncoding: headers["accept-encoding"] = nil
            case .status(let status, let headers, let body):
                scripted = Self.scripted(status, headers: headers, body: body, in: request.api)
            case .redirect(let address, let status):
                scripted = StoreReply(status: status, headers: [("location", address)])
            default: break
            }
        }
        let asked = StoreRequest(method: request.method, target: request.target, headers: headers)
        let state = state
        let reply: StoreReply
        if let scripted {
            reply = scripted
        } else {
            let trick = trick
            reply =
                try await state.bucket.isInMemory
                ? state.reply(to: asked, trick: trick) : offTaskThreads { try state.reply(to: asked, trick: trick) }
        }
        let rate = state.rules.withLock { $0.bytesPerSecond }
        var plan = ReplyPlan(reply, isHead: request.method == "HEAD", bytesPerSecond: rate)
        for fault in faults { plan.apply(fault) }
        return plan
    }

    /// Never returns: what ends the connection also ends the answer.
    private func end(_ ending: ReplyPlan.Ending, _ connection: LoopbackConnection, _ entry: RequestEntry) async throws {
        entry.willBreak()
        if ending == .reset { try await connection.reset() } else { try await connection.close() }
        throw LoopbackConnection.Ended()
    }

    private static func scripted(
        _ status: Int, headers: [String: String], body: String?, in api: StoreRequest.API
    ) -> StoreReply {
        var reply = ServiceError.scripted(status).reply(in: api)
        let names = Set(headers.keys.map { $0.lowercased() })
        if let body {
            reply.body = .bytes(ByteBuffer(string: body))
            reply.headers = [("content-type", "text/html; charset=UTF-8")]
        }
        reply.headers.removeAll { names.contains($0.name) }
        reply.headers += headers.map { ($0.key.lowercased(), $0.value) }
        return reply
    }

    private static func headers(of head: HTTPRequest) -> [String: String] {
        var headers: [String: String] = [:]
        headers["host"] = head.authority
        for field in head.headerFields {
            headers[field.name.canonicalName] = headers[field.name.canonicalName].map { "\($0), \(field.value)" } ?? field.value
        }
        return headers
    }

    private static func head(of plan: ReplyPlan) -> HTTPResponse {
        var fields = HTTPFields()
        func add(_ name: String, _ value: String) {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        add("server", "UploadServer")
        if !plan.headers.contains(where: { $0.name == "date" }) { add("date", Timestamp.now.httpDate) }
        for (name, value) in plan.headers { add(name, value) }
        if case .length(let count) = plan.framing { add("content-length", String(count)) }
        let reason = HTTPResponseStatus(statusCode: plan.status).reasonPhrase
        return HTTPResponse(status: HTTPResponse.Status(code: plan.status, reasonPhrase: reason), headerFields: fields)
    }
}

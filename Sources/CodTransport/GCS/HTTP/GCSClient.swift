import AsyncHTTPClient
import CodCore
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// Sends requests to one bucket's store, with the token where it belongs, redirects followed, and failures by name.
///
/// Tries are made elsewhere: one call is one request, but for redirects and for a token that is renewed.
final class GCSClient: Sendable {
    let options: GCSOptions
    private let bucket: Result<BucketAddress, CodError>
    let credentials: any Credentials
    private let metadata: HTTPConnections
    /// Whether it has answered.
    let contact = Contact()
    /// Holds the bytes of archives back, where there is a rate to keep to.
    let rateLimiter: RateLimiter?
    /// Lets requests begin.
    let gate: PaceGate
    /// How many lanes have connections of their own.
    private let loopCount: Int
    private let lanes = Mutex<[Int: HTTPConnections]>([:])

    init(_ details: BucketDetails, options: GCSOptions) {
        let options = options.expectingOwnRate()
        self.options = options
        rateLimiter = options.rateLimiter
        credentials = options.credentials(for: details)
        bucket = Result { () throws(CodError) in try BucketAddress(details, options: options) }
        metadata = .forMetadata(options)
        gate = PaceGate(options)
        loopCount = SpareDescriptors.loopCount(wanted: options.connectionCount)
    }

    /// Where the bucket's objects lie. Throws when the bucket or the endpoint cannot be one: options are given where nothing can
    /// be thrown yet.
    var address: BucketAddress {
        get throws(CodError) { try bucket.get() }
    }

    /// The connections for listings and metadata.
    var metadataConnections: HTTPConnections { metadata }

    /// The connections of a lane; made when they are first asked for. Where there are too few file descriptors for another thread,
    /// lanes share what there is.
    func archiveConnections(forLane lane: Int) -> HTTPConnections {
        let number = Int(lane.magnitude % UInt(loopCount))
        return lanes.withLock { lanes in
            if let connections = lanes[number] { return connections }
            let connections =
                SpareDescriptors.areThere(SpareDescriptors.loopMinimumCount)
                ? HTTPConnections.forArchives(options) : lanes.values.first ?? metadata
            lanes[number] = connections
            return connections
        }
    }

    /// Sends a GET, when it is its turn, and answers what is no redirect. A status that is no success is thrown, except 416 for a
    /// range.
    func get(
        _ target: String, range: String? = nil, about subject: RequestSubject, over connections: HTTPConnections
    ) async throws -> Answer {
        let origin = try address.endpoint.origin
        let request = Request(
            address: HTTPAddress(origin: origin, target: target), range: range, subject: subject, connections: connections,
            permit: try await gate.permit(about: subject))
        do {
            return try await answer(to: request)
        } catch {
            request.permit.end(with: error)
            throw error
        }
    }

    /// Tells of a request that is made again.
    func tell(of error: any Error, pause: Duration) {
        options.logger.info("Trying again in \(pause.inSeconds), after: \(error)")
        if let notice = contact.notice(of: error, under: options.retry) { options.logger.notice("\(notice)") }
    }

    private func answer(to request: Request) async throws -> Answer {
        var token = try await credentials.token()
        var answer = try await follow(request, token)
        contact.make()
        if answer.head.status == 401, let other = try await credentials.replacement(for: token) {
            options.logger.info("The token was refused; trying once more with the one that replaces it.")
            token = other
            answer = try await follow(request, token)
        }
        let isAnswered = (200..<300).contains(answer.head.status) || (answer.head.status == 416 && request.range != nil)
        if isAnswered { return answer }
        request.permit.refused(with: answer.head.status)
        throw await failure(answer, about: request.subject, token)
    }

    private struct Request {
        let address: HTTPAddress
        let range: String?
        let subject: RequestSubject
        let connections: HTTPConnections
        let permit: Permit
    }

    private func follow(_ request: Request, _ token: Secret?) async throws -> Answer {
        var address = request.address
        var token = token
        var hasLeftToken = false
        for _ in 0...Redirect.maximumCount {
            let answer = try await send(request, to: address, token)
            let redirect: Redirect?
            do { redirect = try Redirect.reading(answer.head, from: address) } catch {
                throw CodError.misled(request.subject, error.reason)
            }
            guard let redirect else {
                if address.origin != request.address.origin, answer.head.isWebPage {
                    throw CodError.misled(request.subject, "it redirects to a web page on \(address.origin)")
                }
                // A refusal of nothing: the token is as good as it was.
                if hasLeftToken, answer.head.status == 401 {
                    throw CodError.misled(
                        request.subject, "it redirects to \(address.origin), where the token is not sent and the answer is 401")
                }
                return answer
            }
            address = redirect.address
            // Once away from home, the token stays at home: the way back may be of somebody else's choosing.
            if !redirect.keepsToken, token != nil { (token, hasLeftToken) = (nil, true) }
        }
        throw CodError.misled(request.subject, "it redirects more than \(Redirect.maximumCount) times")
    }

    private func send(_ request: Request, to address: HTTPAddress, _ token: Secret?) async throws -> Answer {
        var message = HTTPClientRequest(url: address.url)
        message.headers.add(name: "User-Agent", value: "cod-retrieve/\(CodVersion.current)")
        // Objects that are stored compressed come as they are stored, so that sizes, ranges and checksums are theirs.
        message.headers.add(name: "Accept-Encoding", value: "gzip")
        if let range = request.range { message.headers.add(name: "Range", value: range) }
        if let token {
            try options.checkExposure(of: address.origin)
            message.headers.add(name: "Authorization", value: "Bearer \(token.value)")
        }
        do {
            let response = try await request.connections.send(message, to: address.origin, about: request.subject)
            return Answer(
                head: AnswerHead(status: Int(response.status.code), headers: response.headers), body: response.body,
                origin: address.origin, hadToken: token != nil, subject: request.subject, patience: options.timeout,
                connections: request.connections, permit: request.permit)
        } catch {
            throw CodError.connection(
                error, in: .beforeHead, to: address.origin, about: request.subject, patience: options.timeout)
        }
    }

    private func failure(_ answer: Answer, about subject: RequestSubject, _ token: Secret?) async -> any Error {
        var body = AnswerBody(answer, window: ByteWindow(skippedByteCount: 0, byteCount: Int64(ErrorBody.maximumByteCount)))
        var bytes: [UInt8] = []
        do {
            while let chunk = try await body.next() {
                chunk.withBytes { span in span.withUnsafeBytes { bytes.append(contentsOf: $0) } }
            }
        } catch is CancellationError {
            return CancellationError()
        } catch {
            // The status says what matters; what the server wanted to add is lost.
        }
        return CodError.answer(answer.head, ErrorBody(bytes, token: token), about: subject, hadToken: answer.hadToken)
    }
}

extension CodError {
    /// A redirect that is not followed.
    fileprivate static func misled(_ subject: RequestSubject, _ reason: String) -> CodError {
        var error = CodError.violation(subject, reason)
        error.transience = .final
        return subject.locate(error)
    }
}

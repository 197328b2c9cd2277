import AsyncHTTPClient
import CodCore
import Logging
import NIOCore
import NIOHTTP1

/// Asks a service for tokens over HTTP.
struct TokenEndpoint: Sendable {
    /// What it answered.
    struct Answer: Sendable {
        let head: AnswerHead
        /// The time by its clock, in seconds since the beginning of 1970.
        let date: Int64?
        let body: [UInt8]
    }

    /// A token is a few kilobytes.
    private static let maximumByteCount = 64 << 10
    private static let statusesToTryAgain: Set = [408, 429, 500, 502, 503, 504]

    let address: HTTPAddress
    private let connections: HTTPConnections
    private let options: GCSOptions

    init(_ address: HTTPAddress, options: GCSOptions) {
        self.address = address
        self.options = options
        connections = .forMetadata(options)
    }

    /// An address out of a file: a key from anywhere must not send what it signs anywhere.
    init(reading text: String, of origin: String, options: GCSOptions) throws(CodError) {
        guard let address = HTTPAddress(parsing: text),
            address.origin.isGoogles || address.origin.isLoopback
                || address.origin.isSecure && address.origin.host == "googleapis.com"
        else {
            throw CodError(
                .unauthorized,
                "\(origin) names “\(text.prefix(200).printable)” as the place to get tokens, which is none of Google's.",
                recovery: "Get the file from Google's console or gcloud again.", reach: .job)
        }
        self.init(address, options: options)
    }

    var displayName: String { "\(address.origin)\(address.target.prefix { $0 != "?" })" }

    func post(form: KeyValuePairs<String, String>) async throws -> Answer {
        var message = HTTPClientRequest(url: address.url)
        message.method = .POST
        message.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        let text = form.map { "\(ObjectName.segment($0.key))=\(ObjectName.segment($0.value))" }.joined(separator: "&")
        message.body = .bytes(ByteBuffer(string: text))
        return try await send(message)
    }

    func get(headers: KeyValuePairs<String, String>) async throws -> Answer {
        var message = HTTPClientRequest(url: address.url)
        for (name, value) in headers { message.headers.add(name: name, value: value) }
        return try await send(message)
    }

    /// Sends a request until there is an answer that says something.
    private func send(_ message: HTTPClientRequest) async throws -> Answer {
        var message = message
        message.headers.add(name: "User-Agent", value: "cod-retrieve/\(CodVersion.current)")
        return try await Attempts.untilDone(options) {
            let answer = try await sendOnce(message)
            guard Self.statusesToTryAgain.contains(answer.head.status) else { return answer }
            throw CodError(
                .unauthorized, "\(displayName) answered \(answer.head.status) when it was asked for a token.",
                recovery: "Run the same command again later: it goes on from what is saved.", reach: .job,
                transience: .transient(retryAfter: answer.head.retryAfter))
        } tell: { error, pause in
            options.logger.info("Asking for a token again in \(pause), after \(error).")
        }
    }

    private func sendOnce(_ message: HTTPClientRequest) async throws -> Answer {
        let subject = RequestSubject(kind: .bucket, displayName: displayName)
        do {
            let response = try await connections.send(message, to: address.origin, about: subject)
            let body = try await response.body.collect(upTo: Self.maximumByteCount)
            return Answer(
                head: AnswerHead(status: Int(response.status.code), headers: response.headers),
                date: response.headers.first(name: "date").flatMap(HTTPDate.secondsSince1970),
                body: Array(body.readableBytesView))
        } catch {
            throw CodError.connection(error, in: .beforeHead, to: address.origin, about: subject, patience: options.timeout)
        }
    }
}

extension TokenEndpoint.Answer {
    /// The token; what is none becomes an error that says what the service said. `renewing` says what to do when the login is no longer
    /// good.
    func token(from service: String, renewing: String) throws(CodError) -> IssuedToken {
        if head.status == 200, let token = IssuedToken(json: body) { return token }
        // What is no token is shown, what is one never.
        let said = head.status == 200 ? nil : OAuthError(body)?.text ?? ErrorBody(body, token: nil).message
        throw CodError(
            .unauthorized,
            head.status == 200
                ? "The answer of \(service) is no token."
                : "\(service) issued no token (\(head.status)).\(said.map { " It says: “\($0)”." } ?? "")",
            recovery: OAuthError(body)?.isOfLogin == true
                ? renewing : "Check the credentials, and that this machine may reach \(service).",
            reach: .job, transience: .final)
    }
}

import AsyncHTTPClient
import CodCore
import NIOHTTP1

extension GCSClient {
    /// The head of the answer to a GET that carries no token; of the body nothing is read.
    func greet(_ address: HTTPAddress, over connections: HTTPConnections) async throws -> AnswerHead {
        var message = HTTPClientRequest(url: address.url)
        message.headers.add(name: "User-Agent", value: "cod-retrieve/\(CodVersion.current)")
        let subject = RequestSubject(kind: .bucket, displayName: "\(address.origin)")
        do {
            let response = try await connections.send(message, to: address.origin, about: subject)
            return AnswerHead(status: Int(response.status.code), headers: response.headers)
        } catch {
            throw CodError.connection(error, in: .beforeHead, to: address.origin, about: subject, patience: options.timeout)
        }
    }
}

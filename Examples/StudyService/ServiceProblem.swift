import CodCore
import HTTPTypes
import Hummingbird
import NIOCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Why a request is not answered with what it asked for: a status, and a body that says so.
struct ServiceProblem: Error {
    let status: HTTPResponse.Status
    let error: Explanation
    /// After how many seconds it may be worth another try.
    var retryAfter: Int?

    /// What a caller reads.
    struct Explanation: Codable, Equatable {
        var code: String
        var message: String
        var recovery: String?
    }

    /// A caller's mistake.
    static func badIdentifier(_ text: String, _ problem: String) -> ServiceProblem {
        // What was asked for comes back as a text of JSON, and no longer than an identifier is.
        let shown = text.prefix(UIDText.maximumCount)
        return ServiceProblem(
            status: .badRequest,
            error: Explanation(code: "invalidIdentifier", message: "\"\(shown)\" is no identifier of a study: \(problem)."))
    }

    /// As many retrievals as there may be are under way, or the cache is full of them.
    static func busy(_ message: String, retryAfter: Int) -> ServiceProblem {
        ServiceProblem(
            status: .serviceUnavailable,
            error: Explanation(code: "busy", message: message, recovery: "Ask again in \(retryAfter) s."), retryAfter: retryAfter)
    }

    /// More than the cache can ever hold.
    static func tooLarge(_ byteCount: Int64, limit: Int64) -> ServiceProblem {
        ServiceProblem(
            status: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"),
            error: Explanation(
                code: "tooLarge", message: "The study has \(byteCount) bytes; this service keeps \(limit) bytes.",
                recovery: "Retrieve it with cod download."))
    }

    /// A failure of the retrieval: 404 for what is not there, 500 for this machine, 502 for all that the store did.
    ///
    /// Paths of this machine, and what its user can do, are for the log: they are no caller's business.
    init(_ error: any Error) {
        if let problem = error as? ServiceProblem {
            self = problem
            return
        }
        let error = CodError.wrapping(error, in: "The retrieval")
        let (status, message): (HTTPResponse.Status, String) =
            switch error.code {
            case .studyNotFound: (.notFound, "There is no such study.")
            case .outputUnusable, .writeFailed, .stageFailed: (.internalServerError, "The service cannot keep the study.")
            default: (.badGateway, error.message)
            }
        self.init(status: status, error: Explanation(code: "\(error.code)", message: message))
    }

    init(status: HTTPResponse.Status, error: Explanation, retryAfter: Int? = nil) {
        self.status = status
        self.error = error
        self.retryAfter = retryAfter
    }

    /// The answer.
    var response: Response {
        var fields: HTTPFields = [.contentType: "application/json"]
        if let retryAfter { fields[.retryAfter] = String(retryAfter) }
        let body = (try? JSONEncoder().encode(["error": error])) ?? Data()
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

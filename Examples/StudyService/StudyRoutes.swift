import CodCore
import HTTPTypes
import Hummingbird
import NIOCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the service answers to.
///
/// - `GET /studies/<StudyInstanceUID>.zip`: all of the study
/// - `GET /studies/<StudyInstanceUID>`: what there is of it, a row a series, as JSON
struct StudyRoutes: Sendable {
    let zips: StudyZips

    var router: Router<BasicRequestContext> {
        let router = Router()
        router.get("studies/{study}.zip") { request, context in
            try await answer(context) { study in
                // When the caller goes away so does its wait. What is left of the connection serves for nothing else afterwards.
                let zip = try await request.body.consumeWithCancellationOnInboundClose { _ in try await zips.zip(of: study) }
                let fields: HTTPFields = [
                    .contentType: "application/zip", .connection: "close",
                    .contentDisposition: "attachment; filename=\"\(study).zip\"",
                ]
                return Response(status: .ok, headers: fields, body: zip.body)
            }
        }
        router.get("studies/:study") { _, context in
            try await answer(context) { study in
                let row = try JSONEncoder().encode(await zips.describe(study))
                let body = ResponseBody(byteBuffer: ByteBuffer(bytes: row))
                return Response(status: .ok, headers: [.contentType: "application/json"], body: body)
            }
        }
        return router
    }

    /// Checks the identifier in the path before anything is done with it, and makes answers of errors.
    private func answer(
        _ context: BasicRequestContext, _ body: (_ study: String) async throws -> Response
    ) async throws -> Response {
        do {
            let study = try context.parameters.require("study")
            if let problem = UIDText.problem(with: study) { throw ServiceProblem.badIdentifier(study, problem) }
            return try await body(study)
        } catch let error as CancellationError {
            throw error
        } catch {
            return ServiceProblem(error).response
        }
    }
}

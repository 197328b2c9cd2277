import CodCore

/// What a listing shows of one study.
struct StudyListing: Sendable {
    /// The identifier; one that can be a folder's name.
    let uid: String
    var series: [SeriesObjects] = []
    /// Why nothing of it can be retrieved.
    var failure: CodError?
}

extension CodError {
    /// The same error for something smaller than the job; throws it where it ends the job: without a connection or credentials, or
    /// when the task is cancelled, nothing else will fare better.
    static func contained(_ error: any Error, reaching reach: Reach) throws -> CodError {
        if error is CancellationError || Task.isCancelled { throw CancellationError() }
        let error = CodError.wrapping(error, in: "Reading the store")
        if error.reach == .job || error.isCancellation { throw error }
        return error.reaching(reach)
    }

    /// A study that the store holds nothing of.
    static func studyNotFound(_ uid: String, in store: String) -> CodError {
        var error = CodError(
            .studyNotFound, "The study \(uid) is not in \(store).",
            recovery: "Check the identifier, and the store: \"/dicomweb\" is appended to the path of a portal's link.",
            reach: .study)
        error.study = uid
        return error
    }

    /// An identifier in a listing that cannot be one.
    static func invalidIdentifier(_ text: String, of what: String, problem: String, reach: Reach) -> CodError {
        CodError(
            .invalidIdentifier, "\(quoted(text, limit: 130)) cannot be the identifier of \(what): \(problem).",
            recovery: reach == .job ? nil : "Nothing was fetched for it. Tell who runs the store.", reach: reach)
    }
}

extension UIDText {
    /// An identifier to report something under whose own cannot be one; never a path, and never a real one.
    static func placeholder(for text: String) -> String {
        let characters = text.unicodeScalars.prefix(100).map { isValid("x\($0)") ? String($0) : "_" }
        return "(invalid)\(characters.joined())"
    }
}

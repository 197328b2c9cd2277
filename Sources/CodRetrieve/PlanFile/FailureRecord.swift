internal import CodCore

/// Why a study or series cannot be retrieved, as a plan's file tells it.
struct FailureRecord: Codable, Sendable {
    let code: String
    let message: String
    let recovery: String?
    let instance: String?

    init(_ error: CodError) {
        code = error.code.description
        message = Self.shortened(error.message)
        recovery = error.recovery.map(Self.shortened)
        instance = error.instance.map(Self.shortened)
    }

    /// The error. Codes that this version does not know are failed requests to it.
    func error(reaching reach: CodError.Reach) -> CodError {
        var error = CodError(
            CodError.Code(name: code) ?? .requestFailed, Self.shortened(message), recovery: recovery.map(Self.shortened),
            reach: reach)
        error.instance = instance.map(Self.shortened)
        return error
    }

    static func shortened(_ text: String) -> String { String(text.unicodeScalars.prefix(PlanLimits.textCount)) }
}

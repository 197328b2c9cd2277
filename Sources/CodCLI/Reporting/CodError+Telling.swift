import CodCore

extension CodError {
    /// The same without secrets, whatever it quotes.
    var withoutSecrets: CodError {
        var error = self
        error.message = Redaction.clean(message)
        error.recovery = recovery.map(Redaction.clean)
        return error
    }
}

extension [CodError] {
    /// What failed; what a limit of bytes left for later did not.
    var besidesLimits: [CodError] { filter { $0.code != .limitReached } }
}

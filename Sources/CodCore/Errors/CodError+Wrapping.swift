extension CodError {
    /// Any error as a `CodError`: the one place where errors of stages and libraries are wrapped.
    public static func wrapping(_ error: any Error, in stage: String) -> CodError {
        switch error {
        case let error as CodError: error
        case is CancellationError: CodError(.cancelled, "The job was cancelled.", reach: .job)
        default:
            CodError(.stageFailed, "\(stage) failed: \(error).", reach: .instance, cause: error)
        }
    }

    /// Whether it says that the task was cancelled rather than that something failed.
    public var isCancellation: Bool { code == .cancelled }
}

import CodCore

/// How a request failed, as far as the pace of others depends on it.
enum Setback {
    /// There is less room than was thought: the store asks for less, or the process may open no more files.
    case throttled
    /// The connection had gone stale.
    case stale
    case failed
}

extension Setback {
    /// What a status comes to that is no success; `nil` for a definite answer.
    init?(status: Int) {
        switch status {
        case 429, 503: self = .throttled
        case 304,
            400..<500 where status != 408:
            return nil
        default: self = .failed
        }
    }

    /// What an error comes to; `nil` for a cancellation.
    init?(_ error: any Error) {
        guard let error = error as? CodError else {
            if error is CancellationError { return nil }
            self = .failed
            return
        }
        switch error.transience {
        case _ where error.isCancellation: return nil
        case _ where error.cause?.isLackOfDescriptors == true: self = .throttled
        case .stale: self = .stale
        default: self = .failed
        }
    }
}

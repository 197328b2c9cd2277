import CodCore

/// A body came too slowly; see ``Slowness``.
struct TooSlow: Error {
    let byteCount: Int64
    let interval: Duration
    let minimumBytesPerSecond: Int64
}

extension CodError {
    /// What a body that comes too slowly comes to: the rest is asked for anew.
    static func tooSlow(_ error: TooSlow, from origin: HTTPAddress.Origin, about subject: RequestSubject) -> CodError {
        let rate = Int64(Double(error.byteCount) / max(error.interval / .seconds(1), 0.001))
        return subject.locate(
            CodError(
                .timedOut,
                "\(origin.hostAndPort) sent only \(rate) bytes a second of \(subject.displayName) for \(error.interval); "
                    + "\(error.minimumBytesPerSecond) are expected at least.",
                recovery: "Check the network; the same command goes on from what is saved.", reach: subject.reach,
                transience: .transient, cause: error))
    }
}

/// What went wrong, where, how far it reaches, and what the user can do about it.
///
/// A message is a sentence that holds the offending value with its unit. It never holds a token.
public struct CodError: Error, Sendable, CustomStringConvertible {
    /// How much is lost with it.
    public enum Reach: Int, Sendable, Comparable {
        /// One instance; the stream goes on.
        case instance
        /// The rest of a series.
        case series
        /// A study.
        case study
        /// The whole job stops; what is saved stays, and the same command goes on from there.
        case job

        /// Whether less is lost with one than with the other.
        public static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// One sentence for the user.
    public var message: String
    /// What the user can do; one sentence. `nil` where there is nothing beyond trying again.
    public var recovery: String?
    /// How much is lost with it.
    public var reach: Reach
    /// The study, series and instance concerned, as far as they are known.
    public var study: String?
    /// The series concerned, as far as it is known.
    public var series: String?
    /// The instance concerned, as far as it is known.
    public var instance: String?
    /// Where in the archive, in bytes from its start.
    public var byteOffset: Int64?
    /// What the layer that speaks the protocol says of trying again.
    public var transience: Transience
    /// The error underneath.
    public var cause: (any Error)?

    /// Makes an error. What it concerns is filled in by ``located(in:instance:)``.
    public init(
        _ code: Code, _ message: String, recovery: String? = nil, reach: Reach = .series,
        byteOffset: Int64? = nil, transience: Transience = .final, cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.recovery = recovery
        self.reach = reach
        self.byteOffset = byteOffset
        self.transience = transience
        self.cause = cause
    }

    /// The message and the way out, with the study, series and instance in front and the code in brackets behind.
    public var description: String {
        let place = [study, series, instance].compactMap(\.self).joined(separator: "/")
        return "\(place.isEmpty ? "" : "\(place): ")\(message)\(recovery.map { " \($0)" } ?? "") [\(code)]"
    }

    /// The same error with the series and instance filled in where they are not yet.
    public func located(in series: SeriesID, instance: String? = nil) -> CodError {
        var error = self
        error.study = error.study ?? series.study
        error.series = error.series ?? series.series
        error.instance = error.instance ?? instance
        return error
    }

    /// The same error with another reach.
    public func reaching(_ reach: Reach) -> CodError {
        var error = self
        error.reach = reach
        return error
    }
}

extension CodError {
    /// Whether trying again can help, as the layer that speaks the protocol judges it.
    public enum Transience: Sendable, Hashable {
        /// It will be the same the next time.
        case final
        /// It may pass: try again after a while, no sooner than the time given where the server gave one.
        case transient(retryAfter: Duration?)
        /// A connection that had gone stale while it was idle: try again at once.
        case stale

        /// It may pass, and the server named no time.
        public static var transient: Self { .transient(retryAfter: nil) }
    }
}

/// Lets callers write `catch CodError.Code.studyNotFound`.
public func ~= (code: CodError.Code, error: any Error) -> Bool {
    (error as? CodError)?.code == code
}

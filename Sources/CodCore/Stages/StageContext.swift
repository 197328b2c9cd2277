public import Logging

/// What the framework gives a stage beside its input. Facts leave through it sideways; nothing comes back.
public struct StageContext: Sendable {
    /// Where a stage may log. Tokens are never in what the framework logs.
    public let logger: Logger
    package let meter: SeriesMeter
    package let retry: RetryPolicy
    package let timing: Timing
    package let contact: Contact
    /// Whether whole archives are compared with the store's checksums.
    let verifiesArchives: Bool

    package init(
        logger: Logger, meter: SeriesMeter, retry: RetryPolicy, timing: Timing, contact: Contact = Contact(),
        verifiesArchives: Bool = true
    ) {
        self.logger = logger
        self.meter = meter
        self.retry = retry
        self.timing = timing
        self.contact = contact
        self.verifiesArchives = verifiesArchives
    }

    /// A context for running a stage by itself, in a test say.
    public init(logger: Logger = Logger(label: "cod")) {
        self.init(logger: logger, meter: SeriesMeter { _ in }, retry: RetryPolicy(), timing: .system)
    }

    /// Tells the user something that is no failure, in one sentence.
    public func notice(_ sentence: String) {
        logger.notice("\(sentence)")
    }
}

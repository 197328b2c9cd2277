public import Logging

/// How a pipeline runs.
public struct RetrievalOptions: Sendable {
    /// How many portions are fetched at a time at most; each has a connection of its own. A few at first, then as many as bring more.
    /// At least 1; default 8.
    public var connectionCount: Int {
        didSet { connectionCount = max(connectionCount, 1) }
    }
    /// Whether an archive that is fetched whole, and may hold instances without a checksum of their own, is compared with the crc32c
    /// that the store lists for it. Default true.
    public var verifiesArchives = true
    /// How broken requests are made again.
    public var retry = RetryPolicy()
    /// How archives are cut.
    public var planning = PlanningPolicy()
    /// Time and chance.
    public var timing = Timing.system
    /// Where notices and retries are logged.
    public var logger: Logger

    /// The defaults, with as many connections as are given (at least 1).
    public init(connectionCount: Int = 8, logger: Logger = Logger(label: "cod")) {
        self.connectionCount = max(connectionCount, 1)
        self.logger = logger
    }
}

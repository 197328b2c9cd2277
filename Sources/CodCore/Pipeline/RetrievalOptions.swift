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
    /// How many bytes of archives a run fetches at most; `nil`, the default: as many as there are. Chosen before the first is fetched,
    /// in the plan's order: whole instances that fit. What is left for later is told as ``CodError/Code/limitReached``, and the next
    /// run goes on from there. Listings and metadata do not count, nor does what has to be fetched again after a break or damage.
    public var maximumByteCount: Int64?
    /// How broken requests are made again.
    public var retry = RetryPolicy()
    /// How archives are cut.
    public var planning = PlanningPolicy()
    /// Time and chance.
    public var timing = Timing.system
    /// Whether nobody has asked the store for anything yet, not even for the plan: then a host that cannot be reached is given up after
    /// a few tries, as a wrong address is what it mostly comes of. Default false.
    package var isFirstContact = false
    /// Where notices and retries are logged.
    public var logger: Logger

    /// The defaults, with as many connections as are given (at least 1).
    public init(connectionCount: Int = 8, logger: Logger = Logger(label: "cod")) {
        self.connectionCount = max(connectionCount, 1)
        self.logger = logger
    }
}

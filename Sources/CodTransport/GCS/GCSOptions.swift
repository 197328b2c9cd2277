public import CodCore
public import Logging

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How a bucket of Google Cloud Storage is spoken to.
public struct GCSOptions: Sendable {
    /// The service. `nil`, the default: what the environment names in `STORAGE_EMULATOR_HOST`, else Google's.
    public var endpoint: StorageEndpoint?
    /// Where the token comes from. `nil`, the default: the token of the ``BucketDetails``, else the environment's `COD_TOKEN`, else
    /// ``ApplicationDefault``, else none.
    public var credentials: (any Credentials)?
    /// How long a server may send nothing while bytes are waited for, before the connection is taken for dead. Default 30 s.
    /// Time that the bytes' reader takes, for a slow disk say, does not count.
    public var timeout: Duration = .seconds(30)
    /// A body that comes slower than this is taken for a dead one, and its rest is asked for anew; in bytes a second. Default
    /// 16 KiB/s; 0: however slow it is. Time that the bytes' reader takes does not count.
    public var minimumBytesPerSecond: Int64 = 16 << 10
    /// Over how long the pace of a body is measured. Default 60 s.
    public var paceInterval: Duration = .seconds(60)
    /// How many bytes of archives may come in a second, over all connections together; `nil`, the default: as many as can. Kept within
    /// a twentieth over any few seconds: what comes sooner is held back, and the sender slowed by that. Listings and metadata do not
    /// count. At least 1; a folder as the source keeps to it too.
    public var maximumRate: Int64? {
        didSet { maximumRate = maximumRate.map { max($0, 1) } }
    }
    /// How long making a connection may take. Default 10 s.
    public var connectTimeout: Duration = .seconds(10)
    /// Which hosts are spoken to through which proxy. `nil`, the default: what the environment says in `HTTPS_PROXY`, `NO_PROXY` and
    /// the like; see ``ProxyRules``.
    public var proxies: ProxyRules?
    /// Certificates of authorities that are trusted besides the system's. Default none.
    public var trustedCertificates: TrustedCertificates?
    /// Whether a token may travel over plain http to another machine. Default `false`.
    public var allowsInsecure = false
    /// How many archives are read at a time, each on a connection and thread of its own. Default 8.
    ///
    /// Of all requests to the bucket, at most eight more than this are under way at a time; a store that asks for less (429, 503)
    /// gets less.
    public var connectionCount = 8
    /// The project to bill, for buckets whose readers pay.
    public var userProject: String?
    /// How many names a page of a listing has at most; `nil` leaves it to the server (1,000).
    public var pageSize: Int?
    /// How often listings and metadata are asked for again. Reading archives follows the pipeline's own policy.
    public var retry = RetryPolicy()
    /// Time and chance for pauses between tries.
    public var timing = Timing.system
    /// Where tries and oddities of the store are logged. Never a token.
    public var logger = Logger(label: "cod.gcs")

    /// The defaults.
    public init() {}

    /// The same, where what is held back on purpose is not taken for slow: a connection's share of a low ``maximumRate`` may be less than
    /// ``minimumBytesPerSecond``.
    func expectingOwnRate() -> GCSOptions {
        guard let maximumRate else { return self }
        var options = self
        options.minimumBytesPerSecond = min(minimumBytesPerSecond, maximumRate / Int64(4 * max(connectionCount, 1)))
        return options
    }

    /// What holds archives back; `nil`: nothing does.
    var rateLimiter: RateLimiter? { maximumRate.map { RateLimiter(bytesPerSecond: $0, timing: timing) } }

    func credentials(for bucket: BucketDetails) -> any Credentials {
        if let credentials { return credentials }
        if let token = bucket.token, !token.value.trimmingASCIIWhitespace.isEmpty {
            return FixedToken(token, from: "The token of the bucket")
        }
        return CredentialsChoice.choose(
            tokenFile: nil, environment: ProcessInfo.processInfo.environment, link: nil, options: self)
    }

    func resolvedEndpoint() throws -> StorageEndpoint {
        try endpoint ?? StorageEndpoint(environment: ProcessInfo.processInfo.environment)
    }

    var resolvedProxies: ProxyRules { proxies ?? ProxyRules(environment: ProcessInfo.processInfo.environment) }

    /// Throws where a token must not be sent.
    func checkExposure(of origin: HTTPAddress.Origin) throws(CodError) {
        if !origin.isExposed || allowsInsecure { return }
        throw CodError(
            .insecureEndpoint, "The token would travel to \(origin) where everybody on the way can read it.",
            recovery: "Use https, or --insecure if you trust that network; leave the token out if none is needed.", reach: .job)
    }
}

extension BucketAddress {
    /// Checks what the user gave. Throws ``CodError/Code/invalidSource``.
    init(_ details: BucketDetails, options: GCSOptions) throws(CodError) {
        let endpoint: StorageEndpoint
        do { endpoint = try options.resolvedEndpoint() } catch {
            throw CodError.wrapping(error, in: "Reading the storage endpoint")
        }
        _ = try options.resolvedProxies.proxy(for: endpoint.origin)
        let bytes = details.bucket.utf8
        guard (1...222).contains(bytes.count), bytes.allSatisfy({ ObjectName.isUnreserved($0) || $0 == UInt8(ascii: ":") })
        else {
            throw CodError(
                .invalidSource, "“\(details.bucket.prefix(200).printable)” cannot be the name of a bucket.",
                recovery: "A bucket's name has the characters a-z 0-9 . _ - only.", reach: .job)
        }
        self.init(
            endpoint: endpoint, bucket: details.bucket, prefix: details.bucketPrefix, userProject: options.userProject)
        do { if !root.isEmpty { try ObjectName.check(root) } } catch {
            throw CodError(
                .invalidSource, "The prefix cannot be one. \(error.message)",
                recovery: "Check the link or the prefix.", reach: .job)
        }
    }
}

/// Where a store lies in Google Cloud Storage, and what opens it.
public struct BucketDetails: Sendable, Hashable {
    /// The bucket's name.
    public let bucket: String
    /// What stands in the bucket before `/studies/`, without a slash at its end; `nil` when that is nothing.
    public let bucketPrefix: String?
    /// The bearer token; `nil` when requests go out without one.
    public let token: Secret?

    /// Takes all three exactly as given. A `nil` prefix means none; an empty token counts as none.
    public init(bucket: String, bucketPrefix: String? = nil, token: String? = nil) {
        self.bucket = bucket
        self.bucketPrefix = bucketPrefix
        self.token = token.flatMap { $0.isEmpty ? nil : Secret($0) }
    }

    /// Reads a link.
    ///
    /// - `https://HOST/BUCKET[/PREFIX…][?token=TOKEN]`: a portal's link. `/dicomweb` is appended to the prefix unless that ends so
    ///   already. The host names the portal, not the storage.
    /// - `gs://BUCKET[/PREFIX]`: exactly as written; one slash at the end separates and belongs to no name.
    ///
    /// Throws a ``CodError`` of code `invalidSource` that shows how the text was understood, without the token.
    public init(link: String) throws {
        self = try SourceText(link).bucketDetails()
    }

    /// What the names of the store's objects begin with: the prefix and a slash, or nothing.
    package var objectPrefix: String {
        guard let bucketPrefix, !bucketPrefix.isEmpty else { return "" }
        return "\(bucketPrefix)/"
    }
}

extension BucketDetails: CustomStringConvertible {
    /// `gs://BUCKET[/PREFIX]`; never the token.
    public var description: String { "gs://\(bucket)\(bucketPrefix.map { "/\($0)" } ?? "")" }
}

/// Where the objects of a bucket lie: the paths and queries of Google Cloud Storage's JSON API.
struct BucketAddress: Hashable {
    let endpoint: StorageEndpoint
    let bucket: String
    /// What names begin with, before `studies/`; empty, or ending with `/`.
    let root: String
    /// The project that pays for requests, where the bucket's owner does not.
    let userProject: String?

    init(endpoint: StorageEndpoint, bucket: String, prefix: String?, userProject: String?) {
        self.endpoint = endpoint
        self.bucket = bucket
        let prefix = prefix ?? ""
        root = prefix.isEmpty || prefix.hasSuffix("/") ? prefix : "\(prefix)/"
        self.userProject = userProject
    }

    /// `gs://bucket[/prefix]`.
    var displayName: String { root.isEmpty ? "gs://\(bucket)" : "gs://\(bucket)/\(root.dropLast())" }

    /// An object's address as events and messages show it.
    func url(of objectName: String) -> String {
        "\(endpoint)/\(ObjectName.segment(bucket))/\(ObjectName.path(objectName))"
    }

    /// Path and query for an object's bytes, pinned to a generation.
    func media(of objectName: String, generation: Int64?) -> String {
        var query = ["alt=media"]
        if let generation { query.append("ifGenerationMatch=\(generation)") }
        return target("/o/\(ObjectName.segment(objectName))", query)
    }

    /// Path and query for one page of a listing.
    func page(of listing: Listing, size: Int?, token: String?) -> String {
        var query = ["prefix=\(ObjectName.segment(listing.prefix))"]
        if listing.isByFolder { query.append("delimiter=%2F") }
        query.append("fields=\(ObjectName.segment(listing.fields))")
        query.append("prettyPrint=false")
        if let size { query.append("maxResults=\(size)") }
        if let token { query.append("pageToken=\(ObjectName.segment(token))") }
        return target("/o", query)
    }

    /// All objects of a study.
    func listing(ofStudy study: String) -> Listing {
        Listing(prefix: "\(root)studies/\(study)/series/", isByFolder: false)
    }

    /// The folders of all studies.
    var studiesListing: Listing { Listing(prefix: "\(root)studies/", isByFolder: true) }

    private func target(_ path: String, _ query: [String]) -> String {
        let payer = userProject.map { ["userProject=\(ObjectName.segment($0))"] } ?? []
        return "\(endpoint.basePath)/storage/v1/b/\(ObjectName.segment(bucket))\(path)?"
            + (query + payer).joined(separator: "&")
    }
}

/// Which objects a listing asks for.
struct Listing: Hashable {
    /// What the names begin with. As long as can be: a token may be limited to names that begin so.
    let prefix: String
    /// Whether names are folded at the next `/`, which lists folders; else objects are listed, however deep.
    let isByFolder: Bool

    /// The fields that are asked for; the answer holds no others.
    var fields: String { isByFolder ? "prefixes,nextPageToken" : "items(name,size,generation,crc32c),nextPageToken" }
}

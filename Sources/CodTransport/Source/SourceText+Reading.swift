import CodCore

extension SourceText {
    /// The bucket that a link or a `gs://` address names.
    func bucketDetails() throws(CodError) -> BucketDetails {
        switch form {
        case .portalLink: return try portalLink()
        case .storageAddress: return try storageAddress()
        case .unknown(let scheme): throw invalid("\(quoted(scheme)) is none of the schemes https, gs and file")
        case .fileAddress, .folder: throw invalid("it is no link of a bucket; it was read as the path of a folder")
        }
    }

    /// The path that a `file:` address or a plain path names.
    func folderPath() throws(CodError) -> String {
        guard form == .fileAddress else {
            if rest.isEmpty { throw invalid("it is empty") }
            if rest.utf8.contains(0) { throw invalid("it holds a NUL character") }
            return rest
        }
        var path = rest[...]
        if path.lowercased().hasPrefix("localhost/") { path = path.dropFirst("localhost".count) }
        guard path.hasPrefix("/") else {
            throw invalid(
                "it was read as a file address whose path does not begin with a slash", recovery: "Write file:///FOLDER.")
        }
        guard let decoded = percentDecoded(path) else { throw invalid("a % in it is followed by no two hex digits of a text") }
        if decoded.utf8.contains(0) { throw invalid("it holds a NUL character") }
        return decoded
    }

    private func portalLink() throws(CodError) -> BucketDetails {
        let beforeFragment = rest.prefix { $0 != "#" }
        let beforeQuery = beforeFragment.prefix { $0 != "?" }
        let query = beforeFragment.dropFirst(beforeQuery.count + 1)
        let host = beforeQuery.prefix { $0 != "/" }
        if host.isEmpty { throw invalid("it was read as a portal's link, and names no host") }

        let parts = beforeQuery.dropFirst(host.count).split(separator: "/")
        guard let first = parts.first else {
            throw invalid("it was read as a portal's link without a path, and the bucket is the path's first part")
        }
        let bucket = try decoded(first, as: "the bucket")
        var prefix: [Substring] = []
        // Split again: a slash may have stood there as %2F.
        let decodedParts = try parts.dropFirst().map { part throws(CodError) in try decoded(part, as: "the prefix") }
        let joined = decodedParts.joined(separator: "/")
        prefix = joined.split(separator: "/")
        if prefix.last != "dicomweb" { prefix.append("dicomweb") }
        return try checked(bucket: bucket, prefix: prefix.joined(separator: "/"), token: token(in: query))
    }

    private func storageAddress() throws(CodError) -> BucketDetails {
        let bucket = rest.prefix { $0 != "/" }
        if bucket.isEmpty { throw invalid("it was read as gs://BUCKET/PREFIX, and names no bucket") }
        var prefix = rest.dropFirst(bucket.count + 1)
        if prefix.last == "/" { prefix = prefix.dropLast() }
        return try checked(bucket: String(bucket), prefix: prefix.isEmpty ? nil : String(prefix), token: nil)
    }

    private func checked(bucket: String, prefix: String?, token: String?) throws(CodError) -> BucketDetails {
        let parts = [("bucket", bucket[...])] + (prefix ?? "").split(separator: "/").map { ("prefix", $0) }
        for (place, part) in parts {
            if part.unicodeScalars.contains(where: \.isControl) { throw invalid("the \(place) holds control characters") }
            if part == "." || part == ".." { throw invalid("the \(place) \(quoted(String(part))) names a folder above") }
            let lowercased = part.lowercased()
            if lowercased.contains("token=") || lowercased.contains("token%3d") {
                throw invalid(
                    "a token stands in the \(place) that was read out of it",
                    recovery: "A token follows a ? in a portal's link; with gs:// name it by --token-file or COD_TOKEN.")
            }
        }
        if bucket.contains("/") { throw invalid("the bucket's name \(quoted(bucket)) holds a slash") }
        // The longest name that an object can have there.
        if let count = prefix?.utf8.count, count > 1024 { throw invalid("its prefix has \(count) bytes; 1024 are allowed") }
        return BucketDetails(bucket: bucket, bucketPrefix: prefix, token: token)
    }

    /// The value of the first query item of that name; `nil` when it is empty or not there. A `+` stays one: no token holds a blank.
    private func token(in query: Substring) throws(CodError) -> String? {
        for item in query.split(separator: "&") {
            let name = item.prefix { $0 != "=" }
            guard percentDecoded(name) == "token" else { continue }
            guard let token = percentDecoded(item.dropFirst(name.count + 1)) else {
                throw invalid("a % in its token is followed by no two hex digits of a text")
            }
            // What may stand in a header's value (RFC 9110, section 5.5), less the blank.
            guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw invalid("its token holds a character that no token has", recovery: "Copy the link once more.")
            }
            return token.isEmpty ? nil : token
        }
        return nil
    }

    private func decoded(_ part: Substring, as place: String) throws(CodError) -> String {
        guard let text = percentDecoded(part) else {
            throw invalid("a % in \(place) is followed by no two hex digits of a text", recovery: "Write a % itself as %25.")
        }
        return text
    }
}

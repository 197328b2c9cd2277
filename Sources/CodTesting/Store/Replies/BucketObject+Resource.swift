internal import CodCore

/// The object resource of the JSON API.
extension BucketObject {
    /// The names that a resource can have.
    static let resourceNames: Set<String> = [
        "kind", "id", "selfLink", "mediaLink", "name", "bucket", "generation", "metageneration", "contentType",
        "contentEncoding", "storageClass", "size", "md5Hash", "crc32c", "etag", "timeCreated", "updated",
        "timeStorageClassUpdated", "componentCount", "cacheControl", "contentDisposition", "contentLanguage", "metadata", "owner",
        "acl",
    ]

    /// What a selector wants of it. The bytes are read only for a checksum that is wanted and not known yet.
    func resource(in bucket: Bucket, _ selector: FieldSelector) throws -> ReplyJSON {
        let isSummed = selector["crc32c"] != nil || selector["md5Hash"] != nil
        let sums = isSummed ? try bucket.checksums.checksums(of: self) : nil
        let path = "\(PercentCoding.encoded(bucket.name))/o/\(PercentCoding.encoded(name.text))"
        let base = "https://www.googleapis.com"
        var members: [(name: String, value: ReplyJSON)] = [
            ("kind", .text("storage#object")),
            ("id", .text("\(bucket.name)/\(name.text)/\(generation)")),
            ("selfLink", .text("\(base)/storage/v1/b/\(path)")),
            ("mediaLink", .text("\(base)/download/storage/v1/b/\(path)?generation=\(generation)&alt=media")),
            ("name", .text(name.text)),
            ("bucket", .text(bucket.name)),
            ("generation", .text(String(generation))),
            ("metageneration", .text(String(metageneration))),
            ("contentType", .text(contentType)),
            ("storageClass", .text("STANDARD")),
            ("size", .text(String(byteCount))),
            ("etag", .text(etag)),
            ("timeCreated", .text(updated.rfc3339)),
            ("updated", .text(updated.rfc3339)),
            ("timeStorageClassUpdated", .text(updated.rfc3339)),
        ]
        if let contentEncoding { members.append(("contentEncoding", .text(contentEncoding))) }
        if let sums { members.append(("crc32c", .text(sums.crc32c.base64))) }
        if let md5 = sums?.md5 { members.append(("md5Hash", .text(md5))) }
        return ReplyJSON.object(members).selecting(selector)
    }

    /// Changes with the generation: the service's is a protocol buffer of generation and metageneration.
    var etag: String {
        Base64.encoded([0x08] + Self.varint(generation) + [0x10] + Self.varint(metageneration))
    }

    private static func varint(_ value: Int64) -> [UInt8] {
        var rest = UInt64(bitPattern: value)
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}

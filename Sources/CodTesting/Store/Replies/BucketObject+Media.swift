internal import CodCore

/// The answer to a read of an object's bytes.
extension BucketObject {
    func media(in bucket: Bucket, for request: StoreRequest) throws -> StoreReply {
        let isGzip = contentEncoding == "gzip"
        var headers: [(name: String, value: String)] = [
            ("content-type", contentType),
            ("x-goog-generation", String(generation)),
            ("x-goog-metageneration", String(metageneration)),
            ("x-goog-stored-content-encoding", contentEncoding ?? "identity"),
            ("x-goog-stored-content-length", String(byteCount)),
            ("x-goog-storage-class", "STANDARD"),
            ("last-modified", updated.httpDate),
            ("etag", request.api == .json ? etag : "\"\(etag)\""),
        ]
        if isGzip { headers.append(("vary", "Accept-Encoding")) }
        if isGzip, !request.acceptsGzip {
            // Inflated on the way: no length, no range, and checksums that are those of the stored bytes all the same.
            headers.append(("x-guploader-response-body-transformations", "gunzipped"))
            headers.append(("warning", "214 UploadServer gunzipped"))
            return StoreReply(status: 200, headers: headers + (try hashes(in: bucket)), body: .inflated(self))
        }
        if let contentEncoding { headers.append(("content-encoding", contentEncoding)) }
        headers.append(("accept-ranges", "bytes"))
        guard let range = request.headers["range"].flatMap(ByteRange.init) else {
            return StoreReply(status: 200, headers: headers + (try hashes(in: bucket)), body: .stored(self, 0..<byteCount))
        }
        guard let part = range.resolved(in: byteCount) else {
            return ServiceError.unsatisfiable(byteCount: byteCount).reply(in: request.api)
        }
        // The checksums are of the whole object, so a part comes without.
        headers.append(("content-range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(byteCount)"))
        return StoreReply(status: 206, headers: headers, body: .stored(self, part))
    }

    /// A line for each checksum.
    private func hashes(in bucket: Bucket) throws -> [(name: String, value: String)] {
        let sums = try bucket.checksums.checksums(of: self)
        let md5 = sums.md5.map { [(name: "x-goog-hash", value: "md5=\($0)")] } ?? []
        return [("x-goog-hash", "crc32c=\(sums.crc32c.base64)")] + md5
    }
}

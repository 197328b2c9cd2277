internal import CodCore
internal import NIOCore

extension LoopbackStore {
    /// Puts an object in memory, over one of that name in memory or in the folder, and answers its generation.
    ///
    /// - Parameters:
    ///   - name: the object's name in the bucket, as it is listed.
    ///   - bytes: its content.
    ///   - contentEncoding: `gzip` when the bytes are gzipped and clients may be given them inflated.
    ///   - contentType: the type that it is stored with.
    ///   - generation: `nil` for one that is higher than all before.
    @discardableResult
    public func put(
        _ name: String, _ bytes: some Sequence<UInt8>, contentEncoding: String? = nil,
        contentType: String = "application/octet-stream", generation: Int64? = nil
    ) -> Int64 {
        state.bucket.put(
            ObjectName(name), ByteBuffer(bytes: bytes), contentEncoding: contentEncoding, contentType: contentType,
            generation: generation)
    }

    /// Gives an object other bytes and a new generation, which it answers. Its encoding stays. The file behind it stays as it is.
    @discardableResult
    public func overwrite(_ name: String, _ bytes: some Sequence<UInt8>) throws -> Int64 {
        try state.bucket.overwrite(ObjectName(name), ByteBuffer(bytes: bytes))
    }

    /// Removes an object; a file behind it stays, and is an object no more.
    public func remove(_ name: String) { state.bucket.remove(ObjectName(name)) }
}

import CodCore

/// A stage that fails every instance whose file is no DICOM file, or says in its file meta that it is another instance.
///
/// The store's checksum tells that a file came as it was stored; this tells that it was stored under the right name. What goes wrong in
/// practice: something else was put into the archive, files changed places, or identifiers were replaced in the data set and forgotten in
/// the file meta, which then still holds the original one.
///
/// The verdict is held back until the instance ends: below a verifier, bytes that were damaged on the way are told as such, and fetched again.
struct FileMetaCheck: Stage {
    /// Whether identifiers are compared. They are equal, or the store's is the SHA-256 of the file's, in 64 hex digits.
    /// Turn it off for stores that make their identifiers in another way.
    var comparesIdentifiers = true

    @concurrent func run(_ input: consuming InstanceStream, in context: StageContext) async throws -> InstanceStream {
        let instances = input
        let stage = self
        return InstanceStream(of: instances.portion) {
            // Portions run at the same time: what belongs to one is made here.
            var source = instances.makeAsyncIterator()
            var current: (instance: Instance, meta: FileMeta)?
            return InstanceStream.AsyncIterator {
                guard let event = try await source.next() else { return nil }
                switch event {
                case .begin(let instance): current = (instance, FileMeta())
                case .bytes(let chunk): chunk.withBytes { bytes in _ = current?.meta.push(bytes) }
                case .end:
                    current?.meta.finish()
                    if let (instance, meta) = current.take(), let error = stage.problem(with: instance, meta) {
                        return .failed(error)
                    }
                case .failed: current = nil
                @unknown default: break
                }
                return event
            }
        }
    }

    private func problem(with instance: Instance, _ meta: FileMeta) -> CodError? {
        let reason: String
        switch meta.verdict {
        case .instance(let uid):
            if !comparesIdentifiers || uid == instance.uid || Self.hash(uid) == instance.uid.lowercased() { return nil }
            reason = "its file meta says that it is the instance \(uid)"
        case .refused(let why): reason = why
        case .undecided: reason = "it has no file meta"
        }
        return CodError(
            .refused, "The file of \(instance.byteCount) bytes is not the instance that the store calls it: \(reason).",
            recovery: "Tell who runs the store; fetch it without this check to look at it.", reach: .instance
        ).located(in: instance.series, instance: instance.uid)
    }

    private static func hash(_ uid: String) -> String {
        var digest = RunningSHA256()
        digest.update(ByteChunk(uid.utf8))
        return digest.hexDigest
    }
}

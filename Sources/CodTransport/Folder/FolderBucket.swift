public import CodCore

/// A store in a folder, as catalog and fetcher: a copy or a mount of a bucket, which holds `studies`.
///
/// Links in the folder are followed. `metadata.json` may be packed with gzip or plain. Archives are read with 1 MiB at a time.
public struct FolderBucket: Catalog, Fetcher {
    private let store: FolderStore

    /// Takes the folder at a path. Throws a ``CodError`` of code `invalidSource` when it is not there, or holds no `studies`.
    public init(at path: String) throws {
        let text = SourceText(folder: path)
        if let problem = FolderStore.problem(withFolderAt: try text.folderPath()) { throw text.invalid(problem) }
        store = FolderStore(at: path)
    }

    @concurrent public func plan(_ request: RetrievalRequest) async throws -> RetrievalPlan {
        try await StoreCatalog(store: store).plan(request)
    }

    public func open(_ portion: Portion, at offset: Int64) async throws -> ByteStream {
        let file: StoredFile
        do { file = try store.open(portion.archive.objectName) } catch { throw error.located(in: portion.series) }
        let range = portion.byteRange ?? 0..<(portion.archive.byteCount ?? file.byteCount)
        guard range.lowerBound >= 0, offset >= 0, offset <= range.upperBound - range.lowerBound else {
            throw CodError(
                .protocolViolation, "Byte \(offset) of the range \(range) of \(file.path) does not exist."
            ).located(in: portion.series)
        }
        guard range.upperBound <= file.byteCount else {
            throw file.truncated(at: file.byteCount, of: range.upperBound).located(in: portion.series)
        }
        return file.stream(of: portion, range: range.lowerBound + offset..<range.upperBound)
    }
}

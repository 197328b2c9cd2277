/// Where studies come from: a bucket, or a folder that holds a copy of one.
public enum Source: Sendable, Hashable {
    /// A bucket of Google Cloud Storage.
    case bucket(BucketDetails)
    /// A folder that holds `studies`.
    case folder(path: String)

    /// Tells apart what a user names a source by: a portal's link, `gs://…`, `file:///…`, or the path of a folder.
    ///
    /// A folder is looked at: one that is not there, or holds no `studies`, is no source. Throws a ``CodError`` of code
    /// `invalidSource` that shows how the text was understood, without a token.
    public init(_ text: String) throws {
        let text = SourceText(text)
        switch text.form {
        case .folder, .fileAddress:
            let path = try text.folderPath()
            if let problem = FolderStore.problem(withFolderAt: path) { throw text.invalid(problem) }
            self = .folder(path: path)
        case .portalLink, .storageAddress, .unknown:
            self = .bucket(try text.bucketDetails())
        }
    }
}

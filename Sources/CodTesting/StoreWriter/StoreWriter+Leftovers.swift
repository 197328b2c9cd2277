import CodCore

extension StoreWriter {
    /// Writes a series none of whose instances could be taken in: metadata that lists none, and no tar.
    public func writeEmptySeries(study: String, series: String) throws {
        let text = MetadataText(self, SeriesIdentity(study: study, series: series)).wholeWithoutInstances
        let bytes = Array(text.utf8)
        try write(
            metadataEncoding == .gzip ? gzip(bytes) : bytes, at: "\(try path(study: study, series: series))/metadata.json")
    }

    /// Writes the lock that a writer holds while it works on a series, and leaves behind when it fails.
    public func writeLock(study: String, series: String) throws {
        let text = MetadataText(self, SeriesIdentity(study: study, series: series)).wholeWithoutInstances
        try write(gzip(Array(text.utf8)), at: "\(try path(study: study, series: series))/.gradient.lock")
    }

    /// Writes the note that says that a series is known to be bad.
    public func writeErrorLog(study: String, series: String, message: String = "The series could not be taken in.") throws {
        try write(Array(message.utf8), at: "\(try path(study: study, series: series))/error.log")
    }

    /// Writes any object: `path` is what follows the prefix, `studies/…`. An object that is there is replaced.
    ///
    /// - Throws: `invalidIdentifier` when a part of the path is empty or leads elsewhere.
    public func write(_ bytes: [UInt8], at path: String) throws {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.allSatisfy({ !["", ".", ".."].contains($0) }), let name = parts.popLast() else {
            throw CodError(.invalidIdentifier, "\"\(path)\" is no name of an object.", reach: .job)
        }
        var file = try StoreFile(in: objectFolder(parts), name: name, path: objectName(path))
        try file.output.write(bytes)
        try file.commit()
    }

    /// `studies/<study>/series/<series>` with the identifiers that the store uses.
    func path(study: String, series: String) throws -> String {
        let id = try checkedID(study: study, series: series)
        return "studies/\(id.study)/series/\(id.series)"
    }
}

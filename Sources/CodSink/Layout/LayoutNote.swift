package import CodCore
internal import SystemPackage

/// Which layout the files of an output folder have: a folder has one, noted in `.cod/layout` where it is not the standard one.
package enum LayoutNote: Equatable, Sendable {
    /// Nothing is saved there.
    case none
    case standard
    case template(FileLayout)
    /// There was one, as the table of files says that stands beside them, and it is gone with the records.
    case forgotten
    /// There is a note that cannot be read, or not by this version.
    case unreadable

    private static let maximumByteCount = 4096

    /// The layout of the folder at a path that the user gave. Blocks on the disk; changes nothing.
    package init(ofFolderAt path: String) {
        guard let root = try? OpenFile.folder(at: path.isEmpty ? "." : path) else {
            self = .none
            return
        }
        self.init(of: root)
    }

    /// The layout of an output folder. Where somebody deleted the records, what is left beside the files says which it was.
    init(of root: OpenFile) {
        let own = (try? root.folderIfThere(OutputLayout.ownName)) ?? nil
        if let own, let status = try? own.status(of: OutputLayout.layoutName) {
            self = status.kind == .file ? Self.reading(own) : .unreadable
        } else if let own, (try? own.status(of: OutputLayout.recordsName)) != nil {
            self = .standard
        } else {
            let isListed = (try? root.status(of: OutputLayout.logName)) != nil
            let hasTable = (try? root.status(of: OutputLayout.tableName)) != nil
            self = hasTable ? .forgotten : isListed ? .standard : .none
        }
    }

    private static func reading(_ own: OpenFile) -> Self {
        guard let file = try? own.openReading(OutputLayout.layoutName),
            let chunk = try? file.readChunk(at: 0, byteCount: maximumByteCount)
        else { return .unreadable }
        let text = chunk.withBytes { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
        guard text.hasSuffix("\n"), let layout = try? FileLayout(parsing: String(text.dropLast())) else { return .unreadable }
        return .template(layout)
    }

    /// The layout to go on with in a folder, where `wanted` was asked for; `nil`: the standard one. Throws
    /// ``CodError/Code/outputUnusable`` where the files there have another one.
    package func layout(continuing path: String, with wanted: FileLayout?) throws(CodError) -> FileLayout? {
        switch self {
        case .none: return wanted
        case .forgotten where wanted != nil: return wanted
        case .forgotten:
            throw CodError(
                .outputUnusable,
                "\(path)/\(OutputLayout.tableName) says that the files there have a layout of their own; which one is known no more, as "
                    + "\(OutputLayout.ownName)/\(OutputLayout.layoutName) is gone.",
                recovery: "Give the --layout that they were saved with, or choose another folder.", reach: .job)
        case .standard where wanted == nil: return nil
        case .template(let layout) where layout == wanted: return layout
        case .unreadable:
            throw CodError(
                .outputUnusable,
                "\(path)/\(OutputLayout.ownName)/\(OutputLayout.layoutName) does not say which layout the files have.",
                recovery:
                    "Choose another folder; or delete that file's folder, and give the --layout that the files were saved with.",
                reach: .job)
        case .standard, .template:
            let own = if case .template(let layout) = self { "\(layout)" } else { FileLayout.standardName }
            throw CodError(
                .outputUnusable,
                "The files in \(path) have the layout \"\(own)\"; \"\(wanted?.description ?? FileLayout.standardName)\" was asked for.",
                recovery: "Choose another folder, or go on with that layout: cod download without --layout.", reach: .job)
        }
    }

    /// Notes a layout in the folder `.cod`, for which the caller holds the output's lock.
    static func write(_ layout: FileLayout, in own: OpenFile, by partial: PartialFolder) throws(Errno) {
        try partial.replace(OutputLayout.layoutName, in: own) { (file) throws(Errno) in
            try file.writeAll(ByteChunk("\(layout.template)\n".utf8))
            try file.syncWherePossible()
        }
    }
}

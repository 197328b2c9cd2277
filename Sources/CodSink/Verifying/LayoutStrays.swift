internal import CodCore
internal import SystemPackage

/// What in an output folder whose files have a layout is in no record. It holds a digest of each path that is in one.
struct LayoutStrays {
    /// Deeper than any layout goes.
    private static let maximumDepth = FileLayout.deepest + 2

    private(set) var findings: [VerificationFinding] = []
    private var known = Set<Int>()

    /// Walks through all folders. Blocks on the disk. Throws `CancellationError`.
    init(in root: OpenFile) throws {
        do {
            try root.forEachRecordedSeries { _, _ in
            } _: { series in
                try BlockingCancellation.check()
                let records = SeriesRecords(of: series, in: root)
                for uid in records.instances {
                    known.insert((records[instance: uid]?.path ?? OutputLayout.path(of: uid, in: series)).hashValue)
                }
            }
        } catch let errno as Errno {
            findings.append(.unreadableFolder("\(OutputLayout.ownName)/\(OutputLayout.recordsName)", errno))
            return
        }
        try walk(root, at: "", depth: 0)
        findings.sort { $0.path < $1.path }
    }

    private mutating func walk(_ folder: OpenFile, at path: String, depth: Int) throws {
        try BlockingCancellation.check()
        do {
            // Folders afterwards: one is open for each level.
            var folders: [String] = []
            try folder.forEachName { name in
                let place = path.isEmpty ? name : "\(path)/\(name)"
                let kind = try folder.status(of: name)?.kind
                if depth == 0, OutputLayout.isOwn(name, kind) { return }
                switch kind {
                case .folder where depth < Self.maximumDepth: folders.append(name)
                case .file where known.contains(place.hashValue): break
                case .file where name.utf8.suffix(4).elementsEqual(OutputLayout.instanceSuffix.utf8):
                    findings.append(.unrecorded(at: place, byteCount: try folder.status(of: name)?.byteCount ?? 0))
                default: findings.append(.unknown(place, kind))
                }
            }
            for name in folders.sorted() {
                guard let inner = try folder.folderIfThere(name) else { continue }
                try walk(inner, at: path.isEmpty ? name : "\(path)/\(name)", depth: depth + 1)
            }
        } catch let errno as Errno {
            findings.append(.unreadableFolder(path.isEmpty ? "." : path, errno))
        }
    }
}

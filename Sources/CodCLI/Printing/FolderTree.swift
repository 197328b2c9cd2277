import CodCore

/// What was saved, as a tree of folders: every study and series, and the first few instances of each.
struct FolderTree {
    /// How many instances of a series are named.
    static let namedInstanceCount = 3

    let root: String
    private let studies: [SavedStudy]

    init(of report: RetrievalReport, root: String) {
        studies = report.studies
        self.root = root
    }

    var lines: [String] {
        ["\(root)/"]
            + Self.branches(studies) { study in
                ["\(study.uid)/"]
                    + Self.branches(study.series) { series in
                        let named = series.instances.prefix(Self.namedInstanceCount).map {
                            "\($0.instance.uid).dcm  \(Amount.bytes($0.instance.byteCount))\($0.isVerified ? "  verified" : "")"
                        }
                        let rest = series.instances.count - named.count
                        let files = named + (rest > 0 ? ["… and \(rest) more"] : [])
                        return ["\(series.id.series)/instances/"] + Self.branches(files) { [$0] }
                    }
            }
    }

    /// The lines of each element, with the strokes of a tree before them.
    private static func branches<Element>(_ elements: [Element], _ lines: (Element) -> [String]) -> [String] {
        elements.enumerated().flatMap { position, element in
            let isLast = position == elements.count - 1
            return lines(element).enumerated().map { number, line in
                number == 0 ? "\(isLast ? "└── " : "├── ")\(line)" : "\(isLast ? "    " : "│   ")\(line)"
            }
        }
    }
}

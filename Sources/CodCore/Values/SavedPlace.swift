/// Where instances of one folder or archive are saved: what their paths have in common, kept once for all of them.
package final class SavedPlace: Sendable {
    let root: String
    private let beginning: String
    private let end: String?

    /// Instances whose paths are `beginning`, the identifier, `end`.
    ///
    /// - Parameter root: the folder or archive that the paths are relative to.
    package init(root: String, beginning: String, end: String) {
        self.root = root
        self.beginning = beginning
        self.end = end
    }

    /// The place of one instance alone, whatever its path is made of.
    init(root: String, path: String) {
        self.root = root
        beginning = path
        end = nil
    }

    /// Where in it an instance is.
    func path(of uid: String) -> String { end.map { "\(beginning)\(uid)\($0)" } ?? beginning }
}

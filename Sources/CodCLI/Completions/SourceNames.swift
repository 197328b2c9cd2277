import CodCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What may stand in the place of a source, for a shell that completes it: profiles, and folders.
enum SourceNames {
    /// The most names that are offered.
    static let maximumCount = 1000

    /// `@NAME` of each profile, and the folders whose path begins so; folders alone where that is no beginning of a profile's name.
    static func completing(_ prefix: String) -> [String] {
        let profiles = prefix.isEmpty || prefix.hasPrefix("@") ? ProfileNames.all().map { "@\($0)" } : []
        return profiles.filter { $0.hasPrefix(prefix) } + folders(beginning: prefix)
    }

    private static func folders(beginning prefix: String) -> [String] {
        let end = prefix.lastIndex(of: "/").map(prefix.index(after:)) ?? prefix.startIndex
        let (parent, name) = (String(prefix[..<end]), prefix[end...])
        var path = parent
        if parent.hasPrefix("~/"), let home = ProcessInfo.processInfo.environment["HOME"] {
            path = "\(home)/\(parent.dropFirst(2))"
        }
        guard let folder = try? OpenFile.folder(at: path.isEmpty ? "." : path) else { return [] }
        var names: [String] = []
        try? folder.forEachName { found in
            guard names.count < maximumCount, found.hasPrefix(name), name.hasPrefix(".") || !found.hasPrefix("."),
                // A line is a name to the shell.
                !found.contains(where: \.isNewline), (try? folder.statusFollowing(found))??.kind == .folder
            else { return }
            names.append("\(parent)\(found)")
        }
        return names.sorted()
    }
}

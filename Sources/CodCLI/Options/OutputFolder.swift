import ArgumentParser

/// What may stand behind `--output`.
enum OutputFolder {
    /// Throws for a path that was most likely to be another one: `-o "$UNSET"` must not fill the current folder.
    static func check(_ path: String) throws {
        if path.isEmpty { throw ValidationError("--output is empty; give a folder, or . for the current one.") }
        if path.contains("://") { throw ValidationError("--output \(path) is no folder; give the path of one.") }
    }
}

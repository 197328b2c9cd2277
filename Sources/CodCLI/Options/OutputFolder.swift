import ArgumentParser

/// What may stand behind `--output` and `--zip-dir`.
enum OutputFolder {
    /// Throws for a path that was most likely to be another one: `-o "$UNSET"` must not fill the current folder.
    static func check(_ path: String, flag: String = "--output") throws {
        if path.isEmpty { throw ValidationError("\(flag) is empty; give a folder, or . for the current one.") }
        if path.contains("://") { throw ValidationError("\(flag) \(path) is no folder; give the path of one.") }
    }
}

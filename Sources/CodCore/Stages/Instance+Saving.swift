/// What every sink says of an instance that it cannot take.
extension Instance {
    /// Throws for an identifier that cannot be a name `place` ("on disk", "in a zip"): identifiers come from a store by way of stages that
    /// anybody may have written.
    package func checkNames(for place: String) throws(CodError) {
        try Self.check(series.study, as: "study", for: place)
        try Self.check(series.series, as: "series", for: place)
        try Self.check(uid, as: "instance", for: place)
    }

    private static func check(_ uid: String, as kind: StaticString, for place: String) throws(CodError) {
        guard let problem = UIDText.problem(with: uid) else { return }
        throw CodError(
            .invalidIdentifier, "\"\(uid)\" cannot be the name of a \(kind) \(place): \(problem).", reach: .instance)
    }

    /// There came more or fewer bytes than the archive announced; `found` says how many.
    package func sizeMismatch(found: String) -> CodError {
        CodError(
            .sizeMismatch, "The instance has \(found) bytes; its archive announced \(byteCount) bytes.", reach: .instance)
    }
}

import CodCore

/// What an instance is called in a zip of its study: `<series>/instances/<instance>.dcm`.
enum ZipEntryName {
    /// The name of an instance. Throws where an identifier cannot be part of one: it comes from a store by way of stages that anybody
    /// may have written.
    static func name(of instance: Instance) throws(CodError) -> String {
        for (kind, uid) in [
            ("study", instance.series.study), ("series", instance.series.series), ("instance", instance.uid),
        ] {
            guard let problem = UIDText.problem(with: uid) else { continue }
            throw CodError(
                .invalidIdentifier, "\"\(uid)\" cannot be the name of a \(kind) in a zip: \(problem).", reach: .instance)
        }
        return StudyZipper.entryName(of: instance)
    }

    /// Whether an entry of that name is an instance.
    static func isOfInstance(_ name: some StringProtocol) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 3 && UIDText.isValid(parts[0]) && parts[1] == "instances" && parts[2].hasSuffix(".dcm")
            && UIDText.isValid(parts[2].dropLast(4))
    }
}

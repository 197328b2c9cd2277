import ArgumentParser
import CodCore

/// Which series and instances; the same for every command that retrieves.
struct SelectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only this series (repeatable).", valueName: "uid"))
    var series: [String] = []

    @Option(help: ArgumentHelp("Only this instance (repeatable).", valueName: "uid"))
    var instance: [String] = []

    @Option(help: ArgumentHelp("Only series of this modality, such as CT (repeatable).", valueName: "modality"))
    var modality: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only series of this description (repeatable); * stands for any characters, ? for one, [a-z] for one of these; any case.",
            valueName: "pattern"))
    var seriesDescription: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only instances with this attribute (repeatable): TAG=VALUE, or TAG!=VALUE for the others. TAG is a DICOM keyword or a number "
                + "such as 00100040. VALUE is a pattern as above, or a range of numbers or dates, A..B. Different tags must all hold, of "
                + "several values for one tag any. Any case; nothing inside sequences.",
            valueName: "tag=value"))
    var `where`: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Of each series only every Nth of these instances, by Instance Number.", valueName: "n"))
    var every = 1

    @Flag(help: "Leave out series that are locked or have an error log; they are named, and are no failure.")
    var skipLocked = false

    func validate() throws {
        guard every >= 1 else { throw ValidationError("--every is \(every); give 1 (all) or more.") }
        for text in modality where text.isEmpty || text.contains(where: { "*?[ ".contains($0) }) {
            throw ValidationError(
                "--modality \"\(text)\" is no modality; give one such as CT, or --where 'Modality=\(text.isEmpty ? "*" : text)'.")
        }
        for pattern in seriesDescription { try Self.check("--series-description \(pattern)") { _ = try Glob(pattern) } }
        for text in `where` { try Self.check("--where \(text)") { _ = try AttributeCondition(parsing: text) } }
    }

    private static func check(_ flag: String, _ reading: () throws -> Void) throws {
        do {
            try reading()
        } catch let error as CodError {
            throw ValidationError("\(flag): \(error.message)\(error.recovery.map { " \($0)" } ?? "")")
        }
    }

    func selection() throws -> Selection {
        for (kind, uids) in [("series", series), ("instance", instance)] {
            for uid in uids {
                guard let problem = UIDText.problem(with: uid) else { continue }
                throw CodError(.invalidIdentifier, "--\(kind) \"\(uid)\" is no identifier: \(problem).", reach: .job)
            }
        }
        return Selection(
            series: Set(series), instances: Set(instance), modalities: Set(modality), skipsLocked: skipLocked,
            seriesDescriptions: try seriesDescription.map { try Glob($0) },
            attributes: try `where`.map { try AttributeCondition(parsing: $0) }, every: every)
    }
}

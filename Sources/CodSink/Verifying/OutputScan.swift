internal import CodCore
internal import SystemPackage

/// One folder of an output folder to look into.
enum OutputScan: Sendable {
    /// The output folder itself.
    case output
    /// All folders of an output folder whose files have a layout.
    case layout
    case study(String)
    case series(SeriesID)
    /// The same of a series whose files have a layout.
    case laidOut(SeriesID)

    /// What there is to look into: the output folder only when all of it is asked for.
    static func all(of survey: OutputSurvey, isWhole: Bool) -> [OutputScan] {
        if survey.isLaidOut { return (isWhole ? [.layout] : []) + survey.series.map { .laidOut($0) } }
        var scans: [OutputScan] = isWhole ? [.output] : []
        var study: String?
        for series in survey.series {
            if series.study != study { scans.append(.study(series.study)) }
            study = series.study
            scans.append(.series(series))
        }
        return scans
    }

    /// Looks: answers what is to be read and what is wrong already. `isKnown` says whether a study or series is in the survey.
    func run(
        in root: OpenFile, isKnown: (_ study: String, _ series: String?) -> Bool, meter: VerificationMeter
    ) throws -> (batches: [CheckBatch], findings: [VerificationFinding]) {
        try BlockingCancellation.check()
        switch self {
        case .output:
            return (
                [],
                Self.strays(in: root, at: nil) { name, kind in
                    OutputLayout.isOwn(name, kind) || kind == .folder && Self.isKnownFolder(name) { isKnown($0, nil) }
                }
            )
        case .study(let study):
            do {
                guard let folder = try root.folderIfThere(of: study) else { return ([], []) }
                let findings = Self.strays(in: folder, at: study) { name, kind in
                    kind == .folder && Self.isKnownFolder(name) { isKnown(study, $0) }
                }
                return ([], findings)
            } catch {
                return ([], [.unreadableFolder(study, error)])
            }
        case .series(let series):
            let scan = SeriesScan(of: series, in: root, meter: meter)
            return (scan.batches, scan.findings)
        case .laidOut(let series):
            let scan = SeriesScan(ofLaidOut: series, in: root, meter: meter)
            return (scan.batches, scan.findings)
        case .layout: return ([], try LayoutStrays(in: root).findings)
        }
    }

    /// Whether a folder's name, plain or marked, is that of an identifier that `isKnown` says yes to.
    private static func isKnownFolder(_ name: String, _ isKnown: (String) -> Bool) -> Bool {
        OutputLayout.identifier(ofFolderNamed: name).map(isKnown) ?? false
    }

    /// What in a folder is not known. Folders in which nothing is may stand anywhere: a run that saved nothing leaves them.
    static func strays(
        in folder: OpenFile, at path: String?, isKnown: (_ name: String, _ kind: FileStatus.Kind?) -> Bool
    ) -> [VerificationFinding] {
        var findings: [VerificationFinding] = []
        do {
            try folder.forEachName { name in
                let kind = try folder.status(of: name)?.kind
                if isKnown(name, kind) || kind == .folder && folder.isEmptyFolder(name) { return }
                findings.append(.unknown(path.map { "\($0)/\(name)" } ?? name, kind))
            }
        } catch {
            findings.append(.unreadableFolder(path ?? ".", error as? Errno ?? .ioError))
        }
        return findings.sorted { $0.path < $1.path }
    }
}

extension OpenFile {
    fileprivate func isEmptyFolder(_ name: String) -> Bool {
        struct Found: Error {}
        do {
            try folder(name).forEachName { _ in throw Found() }
            return true
        } catch {
            return false
        }
    }
}

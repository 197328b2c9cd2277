import ArgumentParser
import CodCore
import SystemPackage

/// Where the account of a run goes.
struct ReportOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write what came of the run to a file, as JSON; also when it fails.", valueName: "file"))
    var report: String?

    func validate() throws {
        guard let report else { return }
        let path = FilePath(report)
        guard report != "-", path.lastComponent?.kind == .regular else {
            throw ValidationError("--report is \"\(report)\"; give the name of a file, like run.json.")
        }
        let folder = path.removingLastComponent()
        do {
            let open = try OpenFile.folder(at: folder.isEmpty ? "." : folder.string)
            try open.checkMayAdd()
            if let status = try? open.status(of: path.lastComponent?.string ?? ""), status.kind == .folder {
                throw ValidationError("--report \(report) is a folder; give the name of a file in it.")
            }
        } catch let error as Errno {
            throw ValidationError("--report \(report) cannot be written: \(error). Give a file in a folder that is there.")
        }
    }
}

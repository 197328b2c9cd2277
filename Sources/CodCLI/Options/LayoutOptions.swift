import ArgumentParser
import CodCore
import CodSink

/// Where files go; the same for every command that saves or looks for files.
struct LayoutOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where files go in the folder: cod (<study>/<series>/instances/<instance>.dcm, the default), flat, named, or a template over "
                + "DICOM attributes such as {PatientID}/{StudyDate}/{SeriesNumber}-{Modality}/{InstanceNumber:4}.dcm. A folder has one "
                + "layout, which later runs go on with; files.csv in it tells which file is which instance.",
            valueName: "layout"))
    var layout: String?

    func validate() throws {
        guard let layout else { return }
        do { _ = try FileLayout(parsing: layout) } catch {
            throw ValidationError("--layout: \(error.message)\(error.recovery.map { " \($0)" } ?? "")")
        }
    }

    /// The layout of a folder: the one that is asked for, else the one that its files have; `nil`: the standard one. Throws where the
    /// files there have another one than is asked for.
    func layout(in folder: String) throws -> FileLayout? {
        let note = LayoutNote(ofFolderAt: folder)
        if layout == nil, case .template(let noted) = note { return noted }
        return try note.layout(continuing: folder, with: layout.flatMap { try FileLayout(parsing: $0) })
    }
}

import ArgumentParser
import CodRetrieve
import CodZip

/// Whether studies are zipped, where to, and how.
struct ZipFlags: ParsableArguments {
    @Flag(help: "Also zip each whole study, as <study>.zip.")
    var zip = false

    @Flag(help: "Save each study straight into <study>.zip, with no unpacked copy.")
    var zipOnly = false

    @Option(
        help: ArgumentHelp("The folder for zips (default: the one for downloads, ~/Downloads say).", valueName: "dir"),
        completion: .directory)
    var zipDir: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How hard to compress, from 0 (not at all) to 9 (smallest); default 1.", valueName: "n"))
    var zipLevel: Int?

    @Flag(help: "Zip what is saved of a study of which something failed, too; INCOMPLETE.txt in the zip tells what.")
    var zipPartial = false

    @Option(
        help: ArgumentHelp(
            "The date of all files in a zip, so that the same study gives the same bytes: 2026-01-31, 2026-01-31T12:00:00Z or earliest.",
            valueName: "date"))
    var zipDate: String?

    func validate() throws {
        if zip, zipOnly {
            throw ValidationError(
                "--zip and --zip-only contradict each other; give --zip to have the files too, else --zip-only.")
        }
        if !zip, !zipOnly, let flag = details.first {
            throw ValidationError("\(flag) tells how to zip, and nothing is to be zipped; give --zip, too, or --zip-only.")
        }
        if let zipDir { try OutputFolder.check(zipDir, flag: "--zip-dir") }
        if let zipLevel, !(0...9).contains(zipLevel) {
            throw ValidationError("--zip-level is \(zipLevel); give a number from 0 (no compression) to 9 (smallest).")
        }
        if let zipDate, ZipTime(zipDate) == nil {
            throw ValidationError(
                "--zip-date is \"\(zipDate)\"; give a date like 2026-01-31 or 2026-01-31T12:00:00Z (UTC, 1980 to 2107), or earliest."
            )
        }
    }

    /// What they come to; `nil`: nothing is zipped.
    func choice() -> ZipChoice? {
        guard zip || zipOnly else { return nil }
        var options = ZipOptions()
        if let zipLevel { options.level = zipLevel }
        options.allowsPartial = zipPartial
        options.timestamp = zipDate.flatMap { ZipTime($0) }
        return ZipChoice(folder: zipDir ?? DownloadFolder.path(), options: options, isOnly: zipOnly)
    }

    /// Those that are given and say nothing by themselves.
    private var details: [String] {
        [
            (zipDir != nil, "--zip-dir"), (zipLevel != nil, "--zip-level"), (zipPartial, "--zip-partial"),
            (zipDate != nil, "--zip-date"),
        ].filter(\.0).map(\.1)
    }
}

/// Where zips go, and how they are made.
struct ZipChoice {
    let folder: String
    var options = ZipOptions()
    /// Whether nothing is saved but zips.
    let isOnly: Bool
}

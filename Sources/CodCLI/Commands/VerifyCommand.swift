import ArgumentParser
import CodCore

/// `cod verify`
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read what was saved, and hold it against the sizes and checksums that were recorded then.",
        discussion: """
            Needs no network. Each file that is not as it was saved is named on standard error:
              missing      it was recorded, and is not there
              damaged      its size or crc32c is not the recorded one
              unreadable   it cannot be read
              unrecorded   an instance of which there is no record: nothing to check it by
              unknown      a file or link that is none of cod's; a warning, no failure
            In a folder, what is damaged is noted in the records: `cod download` of the same studies to DIR then fetches exactly what is missing \
            or damaged, and checks and records what is unrecorded.

            Of a zip every entry is unpacked, and held against the sizes and checksums in the zip. What is damaged is noted beside it, as \
            .<study>.zip.damaged: the command that made the zip then makes exactly that anew, and removes the note. The studies \
            are those that the zips are named after. Zips that lie in a folder are not looked at unless they are named: \
            cod verify DIR/*.zip

            EXIT CODES
              0    all is whole
              1    something is missing, damaged, unreadable or unrecorded
              64   DIR or ZIP is not there, or holds nothing that cod saved
              66   none of the studies that were named is there
              130  interrupted (SIGINT); 143: terminated (SIGTERM)

            EXAMPLES
              cod verify studies
              cod verify studies 1.2.840.99 --json
              cod verify zips/1.2.840.99.zip
              cod verify zips/*.zip
            """)

    @Argument(
        help: ArgumentHelp("The folder that studies were saved to, or a zip.", valueName: "dir-or-zip"), completion: .file())
    var path: String

    @Argument(
        help: ArgumentHelp(
            "Studies to verify (Study Instance UIDs); none: all that are there. Behind a zip, more zips, too.", valueName: "study"
        ))
    var studies: [String] = []

    @OptionGroup var log: LogOptions

    @Flag(help: "Print events, one JSON object on a line.")
    var json = false

    func validate() throws {
        if path.isEmpty { throw ValidationError("The folder is empty; give one, or . for the current one.") }
    }

    func run() async throws {
        try await VerifyRun(target: VerifyTarget(path, studies), isJSON: json, isQuiet: log.quiet).run()
    }
}

import ArgumentParser
import CodCore
import CodTesting

/// `cod sample`
struct SampleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Write a store of synthetic CT studies into a folder, to try things on.",
        discussion: """
            The studies are valid DICOM of a phantom; the same seed gives the same bytes. `cod serve STORE` serves the folder, \
            and `cod download STORE` reads it as it is.

            EXAMPLES
              cod sample store
              cod sample store --study-count 3 --series-count 4 --instance-count 200
            """)

    @Argument(help: "The folder; studies/ is made in it.")
    var store: String

    @Option(parsing: .unconditional, help: "How many studies.")
    var studyCount = 1

    @Option(parsing: .unconditional, help: "CT series in each.")
    var seriesCount = 3

    @Option(parsing: .unconditional, help: "Slices in each series.")
    var instanceCount = 24

    @Option(parsing: .unconditional, help: "Rows and columns of a slice.")
    var size = 256

    @Option(help: "The seed.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("The form of metadata.json: 1.0 or 2.0.", valueName: "version"))
    var metadataVersion = "2.0"

    @Flag(help: "Hash the UIDs, as de-identified stores do.")
    var hashed = false

    @Flag(help: "Add an ultrasound series: one instance of many frames.")
    var multiFrame = false

    @OptionGroup var log: LogOptions

    func validate() throws {
        guard ["1.0", "2.0"].contains(metadataVersion) else {
            throw ValidationError("--metadata-version is \"\(metadataVersion)\"; give 1.0 or 2.0.")
        }
        guard (1...100_000).contains(studyCount) else {
            throw ValidationError("--study-count is \(studyCount); give a number from 1 to 100000.")
        }
        guard seriesCount > 0 || multiFrame else {
            throw ValidationError("--series-count is \(seriesCount); give a number from 1, or --multi-frame as well.")
        }
    }

    func run() async throws {
        let writer = StoreWriter(
            folder: store, metadataVersion: metadataVersion == "1.0" ? .v1 : .v2, hashesUIDs: hashed)
        for number in 0..<UInt64(studyCount) {
            let study = try SyntheticStudy(
                seed: seed &+ number, seriesCount: seriesCount, instancesPerSeries: instanceCount, rows: size, columns: size,
                cineFrameCount: multiFrame ? 30 : 0)
            let written = try study.write(to: writer)
            if !log.quiet {
                let byteCount = written.series.reduce(0) { $0 + $1.byteCount }
                Console.standard.say(
                    "Wrote \(Amount.count(written.series.count, "series")), "
                        + "\(Amount.count(written.instances.count, "instance")), \(Amount.bytes(byteCount)):")
            }
            // The identifiers alone go to standard output: they can be piped into --studies-from.
            for study in written.studies { Console.standard.result(study.uid) }
        }
    }
}

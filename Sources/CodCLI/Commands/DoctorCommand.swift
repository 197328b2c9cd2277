import ArgumentParser
import CodCore

/// `cod doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at all that a download needs, from the name server to the disk, and say what to do.",
        discussion: """
            Looked at in this order: source, endpoint, proxy, DNS, connection, TLS, clock, credentials, listing, metadata of a series, \
            a ranged read with its checksum, throughput of one and of eight streams (3 seconds or 64 MiB each), room and speed of the \
            output's disk, open files. What needs something that failed is skipped. Nothing is saved.

            EXAMPLES
              cod doctor 'https://portal.example/bucket?token=…' -o studies
              cod doctor gs://bucket/dicomweb 1.2.840.99 --json
              cod doctor @site-a
            """)

    @OptionGroup var source: SourceOptions
    @OptionGroup var log: LogOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The folder that would be saved to (default: the current one).", valueName: "dir"),
        completion: .directory)
    var output: String?

    @Flag(help: "Print one JSON object a check, and one for all.")
    var json = false

    func validate() throws {
        if let output { try OutputFolder.check(output) }
    }

    func run() async throws {
        var run = DoctorRun(options: source, output: output ?? ".", log: log, isJSON: json)
        try await run.run()
    }
}

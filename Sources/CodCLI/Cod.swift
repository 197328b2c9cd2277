import ArgumentParser
import CodCore

/// The root command.
struct Cod: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cod",
        abstract: "Retrieves medical imaging studies from Cloud-Optimized DICOM buckets.",
        discussion: """
            Each series is streamed out of its archive, checked against its checksums, and saved instance by instance; \
            a second run fetches only what is missing.

            EXAMPLES
              cod demo
              cod stats 'https://portal.example/bucket?token=…' 1.2.840.1
              cod download 'https://portal.example/bucket?token=…' 1.2.840.1 -o studies
              COD_TOKEN=… cod download gs://bucket/dicomweb 1.2.840.1 -o studies

            Every long flag has an environment form: --output is COD_OUTPUT. A flag on the command line wins.

            EXIT CODES
              0    all that was asked for is on disk and verified
              1    something failed; it is named
              64   the command line or the source cannot be understood
              66   no such study
              69   the endpoint cannot be reached
              73   the output cannot be written
              74   writing failed in mid-run
              77   credentials are missing, wrong or expired
              130  interrupted (143: terminated); what is saved stays
            """,
        version: CodVersion.current,
        subcommands: [StatsCommand.self, DownloadCommand.self, DemoCommand.self, ServeCommand.self, SampleCommand.self])
}

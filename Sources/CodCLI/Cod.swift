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
              cod stats 'https://portal.example/bucket/prefix?token=…' 1.2.840.99
              cod download 'https://portal.example/bucket?token=…' 1.2.840.99 -o studies
              COD_TOKEN=… cod download gs://bucket/dicomweb 1.2.840.99 -o studies
              cod plan gs://bucket/dicomweb > plan.jsonl
              cod run plan.jsonl -o studies --shard 0/4
              cod verify studies

            Every long flag has an environment form, --output is COD_OUTPUT, and a key in the configuration file (cod config), \
            where profiles keep a source and its flags: cod download @site-a. The command line goes first, the file last.

            EXIT CODES
              0    all is saved and verified       1    something failed
              64   usage                           66   no such study
              69   endpoint unreachable            73   output cannot be written
              74   writing failed                  77   credentials
              130  interrupted (SIGINT)            143  terminated (SIGTERM)
            """,
        version: CodVersion.current,
        subcommands: [
            StatsCommand.self, DownloadCommand.self, PlanCommand.self, RunCommand.self, VerifyCommand.self, DoctorCommand.self,
            ConfigCommand.self, DemoCommand.self, ServeCommand.self, SampleCommand.self,
        ])
}

import ArgumentParser
import CodCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `cod config`
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Tell which configuration file is read, its profiles, and what is set where.",
        discussion: """
            A flag on the command line goes before its COD_… variable, that before the profile that is on (@NAME in the place of \
            SOURCE, or --profile), and that before the rest of the file. Tokens are not shown.

            EXAMPLES
              cod config
              cod config --profile site-a --json
            """)

    @OptionGroup var log: LogOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let config = try Config.find(environment: environment)
        // What the command line says of this command is nothing that others would hear of.
        let arguments = ["config"] + (log.profile.map { ["--profile", $0] } ?? [])
        let layers = SettingLayers(arguments, environment: environment, config: config)
        var flags: [String: EnvironmentFlags.Kind] = [:]
        for table in EnvironmentFlags.flags.values { flags.merge(table) { one, _ in one } }
        let listing = ConfigListing(
            place: Config.place(environment: environment)?.path, config: config, profile: layers.profileName,
            settings: try layers.resolved(flags: flags).filter { $0.flag != "profile" })
        if json {
            Console.standard.result(Redaction.clean(try JSONLines.line(listing.content)))
        } else {
            for line in listing.lines { Console.standard.result(Redaction.clean(line)) }
        }
    }
}

public import ArgumentParser
import CodCore
public import Logging

/// How much is said, and by which profile.
struct LogOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Say only what failed.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say more: each retry, each series.")
    var verbose = false

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: Logger.Level?

    // Read before the rest is parsed: by then what the profile holds is among the flags.
    @Option(
        help: ArgumentHelp("Take flags from this profile of the configuration file.", valueName: "name"),
        completion: .custom { _, _, _ in ProfileNames.all() })
    var profile: String?

    func validate() throws {
        if quiet, verbose { throw ValidationError("--quiet and --verbose contradict each other; give one of them.") }
    }

    /// The level that the flags come to.
    var level: Logger.Level { logLevel ?? (quiet ? .error : verbose ? .info : .notice) }

    /// A logger that writes to standard error.
    func logger() -> Logger {
        let level = level
        return Logger(label: "cod") { _ in ConsoleLogHandler(logLevel: level) }
    }
}

extension Logger.Level: ArgumentParser.ExpressibleByArgument {}

public import ArgumentParser
import CodCore
public import Logging
import SystemPackage

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

    @Option(
        help: ArgumentHelp(
            "Append all that is said to a file, too, with times, from debug (or --log-level) up.", valueName: "file"),
        completion: .file())
    var logFile: String?

    func validate() throws {
        if quiet, verbose { throw ValidationError("--quiet and --verbose contradict each other; give one of them.") }
        guard let logFile else { return }
        if logFile.isEmpty || logFile == "-" {
            throw ValidationError("--log-file is \"\(logFile)\"; give the name of a file (the terminal's log is --log-level).")
        }
        // Before anything is done: what cannot be logged should not be found out at the end.
        do { try LogFile(at: logFile, level: logLevel ?? .debug).use() } catch {
            throw ValidationError("--log-file \(logFile) cannot be written: \(error). Give a file in a folder that is there.")
        }
    }

    /// The level that the flags come to.
    var level: Logger.Level { logLevel ?? (quiet ? .error : verbose ? .info : .notice) }

    /// A logger that writes to standard error, and to the log's file where there is one.
    func logger() -> Logger {
        let level = level
        let file = logFile == nil ? nil : LogFile.current
        return Logger(label: "cod") { _ in ConsoleLogHandler(level: level, file: file) }
    }
}

extension Logger.Level: ArgumentParser.ExpressibleByArgument {}

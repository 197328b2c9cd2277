import ArgumentParser
import CCodSystem
import CodCore
import Dispatch

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where the process begins: environment into flags, signals into cancellation, errors into exit codes.
@main
enum Main {
    static func main() async {
        StandardStreams.open()
        OpenFileLimit.raise()
        // Lists of a large series grow by doubling: what they outgrew would stay with the process.
        cod_return_large_blocks()
        let process = ProcessInfo.processInfo
        let (arguments, environment) = (Array(process.arguments.dropFirst()), process.environment)
        let suspension = Suspension.watch()
        let code = await Interruption.watching { await run(arguments, environment: environment) }
        for source in suspension { source.cancel() }
        LogFile.current?.flush()
        endProcess(code)
    }

    /// Parses and runs a command; answers its exit code.
    @concurrent private static func run(_ arguments: [String], environment: [String: String]) async -> Int32 {
        var settings = SettingLayers(arguments, environment: environment, config: nil)
        do {
            settings = try Self.settings(arguments, environment)
            var command = try Cod.parseAsRoot(settings.merged())
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            if let failure = Console.standard.resultFailure { throw failure }
            return 0
        } catch let error as CodError {
            Console.standard.fail(error)
            return ExitStatus(of: error).code
        } catch let status as ExitStatus {
            return status.code
        } catch is CancellationError {
            return ExitStatus.interrupted.code
        } catch {
            for origin in settings.origins(namedIn: Cod.message(for: error)) { Console.standard.say("cod: \(origin)") }
            // Help and version go to standard output with 0, mistakes in usage to standard error with 64.
            let code = Cod.exitCode(for: error).rawValue
            let text = Cod.fullMessage(for: error)
            if code == 0 { Console.standard.result(text) } else { Console.standard.say(text) }
            return code
        }
    }

    /// What the user has set. The configuration file is read for commands that have flags, and not for their help.
    private static func settings(_ arguments: [String], _ environment: [String: String]) throws(CodError) -> SettingLayers {
        let plain = SettingLayers(arguments, environment: environment, config: nil)
        guard plain.words.commandPosition == 0, let command = plain.words.command, EnvironmentFlags.flags[command] != nil,
            !plain.words.asksForHelp, let config = try Config.find(environment: environment)
        else { return plain }
        let settings = SettingLayers(arguments, environment: environment, config: config)
        if let exposure = config.exposure, !settings.isQuiet { Console.standard.say("cod: \(exposure)") }
        return settings
    }
}

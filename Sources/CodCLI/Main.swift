import ArgumentParser
import CodCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where the process begins: environment into flags, signals into cancellation, errors into exit codes.
@main
enum Main {
    static func main() async {
        let process = ProcessInfo.processInfo
        do {
            let arguments = try EnvironmentFlags.merging(
                Array(process.arguments.dropFirst()), environment: process.environment)
            var command = try Cod.parseAsRoot(arguments)
            let code = await Interruption.watching { await run(&command) }
            endProcess(code)
        } catch {
            Cod.exit(withError: error)
        }
    }

    private static func run(_ command: inout any ParsableCommand) async -> Int32 {
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return 0
        } catch let error as CodError {
            Console.standard.fail(error)
            return ExitStatus(of: error).code
        } catch let status as ExitStatus {
            return status.code
        } catch {
            Cod.exit(withError: error)
        }
    }
}

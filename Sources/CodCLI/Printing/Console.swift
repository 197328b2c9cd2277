import CCodSystem
import CodCore
import Logging
import Synchronization
import SystemPackage

/// Standard output and standard error: results go to the one, everything else to the other.
///
/// One line at the bottom of a terminal may be kept for a progress display; other lines are written above it.
final class Console: Sendable {
    static let standard = Console(output: .standardOutput, error: .standardError)

    private let output: FileDescriptor
    private let error: FileDescriptor
    /// Whether results stand among what is said: then the progress line makes way for them.
    private let showsResults: Bool
    /// Why a result could not be written, once one could not.
    private let failedResult = Mutex<Errno?>(nil)
    /// The progress line that stands on the terminal now.
    private let statusLine = Mutex("")

    init(output: FileDescriptor, error: FileDescriptor) {
        self.output = output
        self.error = error
        showsResults = cod_is_terminal(output.rawValue) != 0
    }

    /// Writes a line of a result.
    func result(_ line: String) {
        statusLine.withLock { status in
            let makesWay = showsResults && !status.isEmpty
            if makesWay { Self.write("\r\u{1B}[K", to: error) }
            writeResult(line + "\n")
            if makesWay { Self.write(status, to: error) }
        }
    }

    /// The width of the terminal that results are shown on; `nil` where they go elsewhere.
    var resultColumnCount: Int? {
        let count = Int(cod_terminal_columns(output.rawValue))
        return count > 0 ? count : nil
    }

    /// The error of a result that is lost; `nil` when all were written, or nobody reads them any more.
    var resultFailure: CodError? {
        failedResult.withLock { $0 }.map { CodError.file("write", "to standard output", $0) }
    }

    /// Writes a line for the user, and into the log's file unless that has it already.
    func say(_ line: String, isLogged: Bool = true) {
        let line = Redaction.clean(line)
        if isLogged, self === Self.standard { LogFile.current?.write(.notice, line) }
        statusLine.withLock { status in
            Self.write(status.isEmpty ? line + "\n" : "\r\u{1B}[K\(line)\n\(status)", to: error)
        }
    }

    /// Tells of a failure, and what can be done about it.
    func fail(_ failure: CodError) {
        say("cod: \(failure.sentence)")
    }

    /// Takes the progress line away, and lets nothing be written until `body` returns: the process stops in it.
    func standStill(_ body: () -> Void) {
        statusLine.withLock { status in
            if cod_is_terminal(error.rawValue) != 0, cod_is_foreground(error.rawValue) != 0 {
                Self.write("\(status.isEmpty ? "" : "\r\u{1B}[K")cod: Paused; fg or bg goes on.\n", to: error)
            }
            // Drawn again when there is something to draw.
            status = ""
            body()
        }
    }

    /// Puts a line at the bottom of the terminal; an empty one takes it away.
    func setStatus(_ line: String) {
        statusLine.withLock { status in
            guard line != status else { return }
            status = line
            Self.write("\r\u{1B}[K\(line)", to: error)
        }
    }

    private func writeResult(_ text: String) {
        do {
            try output.writeAll(text.utf8)
        } catch let errno as Errno where errno != .brokenPipe {
            failedResult.withLock { $0 = $0 ?? errno }
        } catch {
            // A reader that has gone has read enough.
        }
    }

    private static func write(_ text: String, to file: FileDescriptor) {
        // A reader that has gone is no reason to stop saving.
        _ = try? file.writeAll(text.utf8)
    }
}

extension CodError {
    /// Where, what and the way out: what a user is shown.
    var sentence: String {
        let place = [study, series, instance].compactMap(\.self).joined(separator: "/")
        return "\(place.isEmpty ? "" : "\(place): ")\(message)\(recovery.map { " \($0)" } ?? "")"
    }
}

/// Writes log lines to standard error, as `cod: …`, and to the log's file.
struct ConsoleLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let consoleLevel: Logger.Level
    private let file: LogFile?

    /// - Parameter level: what is less is not shown; the file has a level of its own.
    init(level: Logger.Level, file: LogFile?) {
        consoleLevel = level
        self.file = file
        logLevel = min(level, file?.level ?? level)
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        file?.write(event.level, "\(event.message)")
        if event.level >= consoleLevel { Console.standard.say("cod: \(event.message)", isLogged: false) }
    }
}

import CCodSystem
import CodCore
import CodSink
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Shows how a job goes: a line that is redrawn on a terminal, a plain line every few seconds elsewhere.
final class ProgressDisplay: Sendable {
    /// Where progress goes.
    enum Style: Sendable {
        case terminal(columns: Int)
        case plain
        case none
    }

    private let style: Style
    private let console: Console
    private let model: Mutex<ProgressModel>

    /// - Parameter isZipping: whether studies are zipped when they are saved.
    init(style: Style, console: Console, isZipping: Bool = false) {
        model = Mutex(ProgressModel(isZipping: isZipping))
        self.style = style
        self.console = console
    }

    /// The style that fits standard error. A terminal that calls itself dumb cannot redraw a line.
    static func fitting(
        isQuiet: Bool, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Style {
        if isQuiet { return .none }
        let columns = environment["TERM"] == "dumb" ? 0 : Int(cod_terminal_columns(2))
        return columns > 0 ? .terminal(columns: columns) : .plain
    }

    /// Follows a job's events to their end.
    func follow(_ events: EventSequence) async {
        await showing {
            for await event in events {
                model.withLock { $0.note(event) }
                if case .error(let fields) = event { console.fail(fields.error) }
            }
        }
    }

    /// Shows what is noted while `body` runs.
    func showing<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        let clock = PauseClock.standard
        let start = clock.now
        defer { if case .terminal = style { console.setStatus("") } }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            if let pause {
                group.addTask { [self] in
                    while (try? await Task.sleep(for: pause)) != nil {
                        model.withLock { show(&$0, at: clock.now - start) }
                    }
                }
            }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    /// Takes an event of a verification.
    func note(_ event: VerificationEvent) {
        model.withLock { $0.note(event) }
    }

    private var pause: Duration? {
        switch style {
        case .terminal: .milliseconds(100)
        case .plain: .seconds(5)
        case .none: nil
        }
    }

    private func show(_ model: inout ProgressModel, at time: Duration) {
        switch style {
        case .terminal(let columns):
            // In the background the terminal is somebody else's.
            guard cod_is_foreground(2) != 0 else { return }
            // A window may be made wider or narrower while the job runs.
            let current = Int(cod_terminal_columns(2))
            console.setStatus(model.line(at: time, width: current > 0 ? current : columns))
        case .plain: console.say("cod: \(model.text(at: time))", isLogged: false)
        case .none: break
        }
    }
}

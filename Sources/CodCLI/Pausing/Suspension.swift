import CCodSystem
import Dispatch
import Logging

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// SIGTSTP (Ctrl-Z) and SIGCONT (`fg`, `bg`): before the process stops the display is taken off the terminal, and the time until it goes
/// on does not count.
enum Suspension {
    /// Watches for both as long as the answer is kept.
    static func watch(_ console: Console = .standard, _ clock: PauseClock = .standard) -> [any DispatchSourceSignal] {
        // In the background what failed is still told, whatever the terminal thinks of that.
        signal(SIGTTOU, SIG_IGN)
        var sources = [
            source(of: SIGCONT) {
                clock.continued()
                LogFile.current?.write(.info, "The process goes on.")
            }
        ]
        // Whoever started it may not want it to be stopped.
        if cod_ignores_signal(SIGTSTP) == 0 {
            sources.append(
                source(of: SIGTSTP) {
                    LogFile.current?.write(.info, "The process is stopped.")
                    console.standStill { clock.pause { cod_stop_process() } }
                })
        }
        return sources
    }

    private static func source(of number: Int32, _ body: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler(handler: body)
        source.resume()
        return source
    }
}

import CodCore
import Dispatch
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// SIGINT and SIGTERM: the first cancels what runs, so that it ends in order; two seconds later, or at a second one, the process
/// ends as it stands. What is saved stays either way.
enum Interruption {
    /// Runs a command to its exit code, which is the signal's when one came.
    static func watching(_ body: sending @escaping () async -> Int32) async -> Int32 {
        // A reader that has gone (`cod … | head`) is noticed by the failing write, not by dying.
        signal(SIGPIPE, SIG_IGN)
        // So is a limit of file sizes.
        signal(SIGXFSZ, SIG_IGN)
        let work = Task { await body() }
        let received = Mutex<Int32?>(nil)
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                let isFirst = received.withLock { first in
                    defer { first = first ?? number }
                    return first == nil
                }
                guard isFirst else { end(with: number) }
                work.cancel()
                DispatchQueue.global().asyncAfter(deadline: .now() + 1.8) { end(with: number) }
            }
            source.resume()
            return source
        }
        let code = await work.value
        for source in sources { source.cancel() }
        return received.withLock { $0 }.map { 128 + $0 } ?? code
    }

    private static func end(with number: Int32) -> Never {
        _exit(128 + number)
    }
}

/// Ends the process with a code, without waiting for what other threads still do.
func endProcess(_ code: Int32) -> Never {
    exit(code)
}

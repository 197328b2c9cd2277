import Dispatch
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// SIGINT and SIGTERM cancel what runs, so that it stops its servers and removes its folder.
enum Interruption {
    /// Runs `body`; throws ``Interrupted`` when a signal came.
    static func watching(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let work = Task { try await body() }
        let received = Mutex<CInt?>(nil)
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                received.withLock { $0 = $0 ?? number }
                work.cancel()
            }
            source.resume()
            return source
        }
        let outcome = await work.result
        for source in sources { source.cancel() }
        if let number = received.withLock({ $0 }) { throw Interrupted(signal: number) }
        try outcome.get()
    }

    struct Interrupted: Error {
        let signal: CInt
    }
}

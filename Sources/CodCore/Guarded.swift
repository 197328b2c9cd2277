internal import NIOConcurrencyHelpers

/// A value behind a lock that all lanes take for every instance.
///
/// Not `Mutex`: on Linux that is handed to whoever waits longest, who may be asleep, and all others spin meanwhile. With more lanes than
/// processors a quarter of the time of small instances went there. Whoever comes takes this one when it is free.
package struct Guarded<Value: Sendable>: Sendable {
    private let box: NIOLockedValueBox<Value>

    package init(_ value: Value) {
        box = NIOLockedValueBox(value)
    }

    /// Lends the value to `body`; nobody else has it meanwhile.
    package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        try box.withLockedValue(body)
    }
}

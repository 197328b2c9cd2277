public import CodCore
internal import Synchronization

/// A bucket on loopback that answers reads the way Google Cloud Storage does, over a folder, over memory, or both.
///
/// It speaks the JSON API (listing, metadata, media) and path-style XML reads, honours ranges, generations, preconditions, tokens
/// and `Accept-Encoding`, keeps a log of requests, and can be told to misbehave (``script(matching:faults:thenAlways:)``).
/// Folder objects are streamed, so memory grows with connections and not with objects. It binds 127.0.0.1 only.
///
/// ```swift
/// try await LoopbackStore.withStore { store in
///     store.put("studies/1.2/series/3.tar", bytes)
///     store.script(matching: .object(suffix: ".tar"), faults: [.reset(afterByteCount: 1_000), .status(503)])
///     …  // point a client at store.endpoint and store.bucketName
/// }
/// ```
public final class LoopbackStore: Sendable {
    /// The name of its one bucket.
    public var bucketName: String { state.bucket.name }

    let state: StoreState
    private let identity: ServerIdentity?
    private let lifecycle: Mutex<Lifecycle>

    private struct Lifecycle {
        var server: LoopbackServer?
        var endpoint: String
    }

    /// A store that does not listen yet.
    ///
    /// - Parameters:
    ///   - bucketName: what clients call the bucket.
    ///   - folder: a folder whose files are objects, named by their path below it; `nil` for none. Links are not followed, names
    ///     that begin with a dot are left out. A file named `metadata.json` that begins with gzip's magic is stored with
    ///     `Content-Encoding: gzip`. Its generation is the time of its last change in microseconds.
    ///   - prefix: goes before the names of the folder's objects; a slash at its end may be left out.
    ///   - rules: whom it answers, and how fast; see ``rules``.
    ///   - identity: what it shows to clients over TLS; `nil`, the default, for plain http. See ``TestAuthority``.
    ///   - timing: the clock of latencies and throttles.
    ///   - logLimit: how many requests ``log`` keeps at most.
    ///   - onRequest: told of each request once its answer has ended, from any task; the place for a log line.
    /// - Throws: a ``CodError`` when the folder cannot be opened.
    public init(
        bucketName: String = "loopback", folder: String? = nil, prefix: String = "", rules: Rules = Rules(),
        identity: ServerIdentity? = nil, timing: Timing = .system, logLimit: Int = 100_000,
        onRequest: @escaping @Sendable (Request) -> Void = { _ in }
    ) throws {
        self.identity = identity
        lifecycle = Mutex(Lifecycle(endpoint: "\(identity == nil ? "http" : "https")://127.0.0.1:0"))
        state = StoreState(
            bucket: try Bucket(name: bucketName, folder: folder.map { try BucketFolder(path: $0, prefix: prefix) }),
            journal: StoreJournal(limit: logLimit), rules: rules, timing: timing, onRequest: onRequest)
    }

    /// Starts to listen and answers the endpoint, such as `http://127.0.0.1:41234`. Port 0 lets the system choose.
    ///
    /// It listens until ``stop()``. Throws a ``CodError`` when the port is taken. A store that listens already stays as it is.
    @discardableResult
    public func start(port: Int = 0) async throws -> String {
        if lifecycle.withLock({ $0.server != nil }) { return endpoint }
        let server = try await LoopbackServer.start(port: port, state: state, identity: identity)
        let scheme = identity == nil ? "http" : "https"
        lifecycle.withLock { $0 = Lifecycle(server: server, endpoint: "\(scheme)://127.0.0.1:\(server.port)") }
        return endpoint
    }

    /// Stops listening, breaks every connection and returns when the last one is gone. What was in memory and the log stay.
    public func stop() async {
        let server = lifecycle.withLock { state in
            defer { state.server = nil }
            return state.server
        }
        await server?.stop()
    }

    /// The address to point a client at; nobody answers there before ``start(port:)``.
    public var endpoint: String { lifecycle.withLock { $0.endpoint } }

    /// What holds for all requests; may be changed while it runs.
    public var rules: Rules {
        get { state.rules.withLock { $0 } }
        set { state.rules.withLock { $0 = newValue } }
    }

    /// Runs `body` with a store that listens on a port of the system's choice, and stops it afterwards, whatever happens.
    public static func withStore<Result>(
        bucketName: String = "loopback", folder: String? = nil, prefix: String = "", rules: Rules = Rules(),
        identity: ServerIdentity? = nil, timing: Timing = .system, _ body: (LoopbackStore) async throws -> Result
    ) async throws -> Result {
        let store = try LoopbackStore(
            bucketName: bucketName, folder: folder, prefix: prefix, rules: rules, identity: identity, timing: timing)
        try await store.start()
        do {
            let result = try await body(store)
            await store.stop()
            return result
        } catch {
            await store.stop()
            throw error
        }
    }
}

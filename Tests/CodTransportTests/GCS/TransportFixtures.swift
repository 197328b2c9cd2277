import CodCore
import Logging
import Synchronization
import TestSupport

@testable import CodTransport

/// A time that passes only when somebody waits, and a log of the waits.
final class Waits: Sendable {
    private let waits = Mutex<[Duration]>([])

    var all: [Duration] { waits.withLock { $0 } }

    var timing: Timing {
        Timing(
            now: { self.all.reduce(.zero, +) },
            sleep: { duration in
                try Task.checkCancellation()
                self.waits.withLock { $0.append(duration) }
            },
            jitter: { 0.5 })
    }
}

/// Credentials that have a token for each refusal, until they run out.
final class Renewing: Credentials {
    private let tokens: Mutex<[String]>

    init(_ tokens: String...) { self.tokens = Mutex(tokens) }

    func token() async throws -> Secret? { tokens.withLock { $0.first }.map(Secret.init) }

    func replacement(for refused: Secret?) async throws -> Secret? {
        tokens.withLock { tokens in
            if tokens.first == refused?.value { tokens.removeFirst() }
            return tokens.first.map(Secret.init)
        }
    }
}

let canary = "SECRET-CANARY-123"

func options(_ server: ScriptedServer, _ waits: Waits = Waits()) throws -> GCSOptions {
    var options = GCSOptions()
    options.endpoint = try StorageEndpoint(parsing: server.url)
    options.credentials = FixedToken(Secret(canary))
    options.timing = waits.timing
    options.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    return options
}

func client(_ options: GCSOptions, prefix: String? = "p") -> GCSClient {
    GCSClient(BucketDetails(bucket: "b", bucketPrefix: prefix), options: options)
}

func context(_ waits: Waits) -> StageContext {
    StageContext(
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, meter: SeriesMeter { _ in }, retry: RetryPolicy(),
        timing: waits.timing)
}

func bytes(of stream: ByteStream) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    var iterator = stream.makeAsyncIterator()
    while let chunk = try await iterator.next() { bytes += chunk.bytes }
    return bytes
}

extension ByteChunk {
    var bytes: [UInt8] { withBytes { span in span.withUnsafeBytes { Array($0) } } }
}

/// The error that `body` throws.
func failure(_ body: () async throws -> Void) async -> CodError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? CodError
    }
}

extension ScriptedServer.Reply {
    /// Answers a request for (part of) an object as the service does.
    static func object(_ bytes: [UInt8], generation: Int64, _ request: ScriptedServer.Request) -> ScriptedServer.Reply {
        var headers = ["x-goog-generation": "\(generation)"]
        guard let text = request.headers["range"] else { return .bytes(bytes, headers) }
        let ends = text.dropFirst("bytes=".count).split(separator: "-").compactMap { Int($0) }
        let end = ends.count > 1 ? min(ends[1] + 1, bytes.count) : bytes.count
        headers["content-range"] = "bytes \(ends[0])-\(end - 1)/\(bytes.count)"
        return .bytes(Array(bytes[ends[0]..<end]), status: 206, headers)
    }
}

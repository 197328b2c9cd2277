import AsyncHTTPClient
import CodCore
import CodTesting
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// What a client got: all of an answer, or as much of it as came.
struct Answer: Sendable {
    /// `nil` when not even a head came.
    var status: Int?
    var headers = HTTPHeaders()
    var body: [UInt8] = []
    /// What the connection broke with.
    var failure: (any Error)?

    /// How the body differs from what it should be, in few words; `nil` when it does not.
    func difference(from expected: some Collection<UInt8>) -> String? {
        if body.count == expected.count, body.elementsEqual(expected) { return nil }
        let common = zip(body, expected).prefix { $0 == $1 }.count
        return "\(body.count) bytes, of which \(common) are right, in place of \(expected.count)"
    }

    var text: String { String(decoding: body, as: UTF8.self) }
    /// The reason in an error body of the JSON API.
    var errorReason: String? { (try? decoded(ErrorBody.self))?.reason }
    var errnoCode: CInt? { (failure as? IOError)?.errnoCode }

    func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body))
    }
}

/// A plain client of a store, which hides nothing of what comes over the wire.
struct StoreClient: Sendable {
    let http: HTTPClient
    let store: LoopbackStore

    func fetch(_ target: String, method: HTTPMethod = .GET, headers: [(String, String)] = []) async -> Answer {
        var request = HTTPClientRequest(url: store.endpoint + target)
        request.method = method
        request.headers = HTTPHeaders(headers)
        var answer = Answer()
        do {
            let response = try await http.execute(request, timeout: .minutes(2))
            answer.status = Int(response.status.code)
            answer.headers = response.headers
            for try await bytes in response.body { answer.body += bytes.readableBytesView }
        } catch {
            answer.failure = error
        }
        return answer
    }

    /// The path of an object in the JSON API, its name encoded.
    func path(_ name: String, _ query: String = "") -> String {
        let allowed = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        let encoded = name.addingPercentEncoding(withAllowedCharacters: allowed) ?? name
        return "/storage/v1/b/\(store.bucketName)/o/\(encoded)\(query)"
    }

    func media(_ name: String, _ headers: (String, String)..., query: String = "") async -> Answer {
        await fetch(path(name, "?alt=media\(query)"), headers: headers)
    }

    func xml(_ name: String, _ headers: (String, String)..., query: String = "") async -> Answer {
        await fetch("/\(store.bucketName)/\(name)\(query)", headers: headers)
    }

    func list(_ query: String = "") async -> Answer {
        await fetch("/storage/v1/b/\(store.bucketName)/o?\(query)")
    }

    /// The names on one page of a listing.
    func names(_ query: String = "") async throws -> [String] {
        try await list(query).decoded(Listing.self).names
    }

    /// A listing, page by page, by its own tokens.
    func pages(_ query: String = "") async throws -> [Listing] {
        var pages: [Listing] = []
        var token: String?
        repeat {
            let page: Listing = try await list(query + (token.map { "&pageToken=\($0)" } ?? "")).decoded()
            token = page.nextPageToken
            pages.append(page)
        } while token != nil && pages.count < 1_000
        return pages
    }
}

struct Listing: Decodable, Equatable {
    struct Item: Decodable, Equatable {
        var name: String?
        var size: String?
        var generation: String?
        var metageneration: String?
        var crc32c: String?
        var md5Hash: String?
        var contentEncoding: String?
        var contentType: String?
        var updated: String?
    }

    var kind: String?
    var nextPageToken: String?
    var prefixes: [String]?
    var items: [Item]?

    var names: [String] { (items ?? []).compactMap(\.name) }
}

struct ErrorBody: Decodable {
    struct Reason: Decodable {
        var reason: String
        var domain: String
    }
    struct Content: Decodable {
        var code: Int
        var message: String
        var errors: [Reason]
    }
    var error: Content
    var reason: String? { error.errors.first?.reason }
}

/// Runs a test against a store and a client of its own, and shuts both down.
func withStore(
    _ store: LoopbackStore? = nil, _ body: (LoopbackStore, StoreClient) async throws -> Void
) async throws {
    let store = try store ?? LoopbackStore()
    try await store.start()
    var configuration = HTTPClient.Configuration()
    configuration.httpVersion = .http1Only
    configuration.redirectConfiguration = .disallow
    configuration.decompression = .disabled
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let result: Result<Void, any Error>
    do { result = .success(try await body(store, StoreClient(http: http, store: store))) } catch { result = .failure(error) }
    await store.stop()
    try await http.shutdown()
    try result.get()
}

/// A clock that moves by being waited for.
final class ManualClock: Sendable {
    private let state = Mutex((now: Duration.zero, sleeps: [Duration]()))

    var sleeps: [Duration] { state.withLock { $0.sleeps } }
    var now: Duration { state.withLock { $0.now } }

    var timing: Timing {
        Timing(
            now: { self.now },
            sleep: { duration in
                self.state.withLock { state in
                    state.now += duration
                    state.sleeps.append(duration)
                }
            },
            jitter: { 0.5 })
    }
}

/// Bytes that repeat late, so that a misplaced one shows.
func pattern(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return (0..<count).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state >> 24)
    }
}

/// A folder of a test's own, removed afterwards.
func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
}

extension URL {
    /// Writes a file below a folder, and the folders on the way.
    func write(_ path: String, _ bytes: [UInt8]) throws {
        let file = appendingPathComponent(path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }
}

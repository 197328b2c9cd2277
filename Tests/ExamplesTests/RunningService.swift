import AsyncHTTPClient
import CodCore
import CodTesting
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import StudyService

/// The service over a store, listening on a port of the system's choice.
struct RunningService {
    /// What came back.
    struct Answer: Sendable {
        let status: Int
        let fields: [String: String]
        let body: [UInt8]

        /// The code in the body of a failure.
        var code: String? {
            let text = String(decoding: body, as: UTF8.self)
            return text.firstMatch(of: /"code":"([A-Za-z]*)"/).map { String($0.1) }
        }
    }

    let served: ServedStudies
    let zips: StudyZips
    let notes: Notes<StudyZips.Occurrence>
    private let address: String

    /// Runs the service for as long as `body` does.
    static func with(
        studyCount: Int = 1, limits: StudyZips.Limits = StudyZips.Limits(), _ body: (RunningService) async throws -> Void
    ) async throws {
        try await ServedStudies.with(studyCount: studyCount) { served in
            try await served.withService(limits: limits, body)
        }
    }

    fileprivate init(_ served: ServedStudies, _ zips: StudyZips, _ notes: Notes<StudyZips.Occurrence>, port: Int) {
        (self.served, self.zips, self.notes) = (served, zips, notes)
        address = "http://127.0.0.1:\(port)"
    }

    /// The identifiers of the studies.
    var studies: [String] { served.written.studies.map(\.uid) }

    func get(_ path: String) async throws -> Answer {
        let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: address + path), timeout: .seconds(120))
        let body = try await response.body.collect(upTo: 1 << 24)
        let fields = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
        return Answer(status: Int(response.status.code), fields: fields, body: Array(body.readableBytesView))
    }

    /// The zips in the cache, and whatever else is there.
    var cached: [String] { served.folder.everything.filter { $0.hasPrefix("cache/") && $0.contains(".") } }
}

extension ServedStudies {
    func withService(
        limits: StudyZips.Limits = StudyZips.Limits(), _ body: (RunningService) async throws -> Void
    ) async throws {
        let notes = Notes<StudyZips.Occurrence>()
        var runs = RetrievalOptions()
        runs.retry = .never
        let retriever = StudyRetriever(source: source, gcsOptions: options, options: runs)
        let zips = try StudyZips(retriever, in: folder["cache"], limits: limits) { notes.add($0) }
        let (ports, port) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: StudyRoutes(zips: zips).router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in _ = port.yield(channel.localAddress?.port ?? 0) },
            logger: Logger(label: "service") { _ in SwiftLogNoOpLogHandler() })
        let running = Task {
            defer { port.finish() }
            try await application.run()
        }
        let result: Result<Void, any Error>
        do {
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next(), "The service did not start.")
            try await body(RunningService(self, zips, notes, port: port))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        running.cancel()
        _ = await running.result
        try result.get()
    }
}

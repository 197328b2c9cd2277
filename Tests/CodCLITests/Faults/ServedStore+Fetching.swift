import CodTesting
import Foundation
import Testing

extension ServedStore {
    /// Saves the study below `out`, with the link's token unless another source is given.
    ///
    /// A store that shares a busy machine with other tests is not taken for a silent one: only those that say so wait for less.
    func fetch(from source: String? = nil, timeout: Int = 300, _ more: String...) async throws -> CommandRun {
        try await CommandRun.cod(
            ["download", source ?? link, study, "-o", scratch.path("out"), "--endpoint", endpoint, "--timeout", "\(timeout)"]
                + more)
    }

    /// Expects that a run has saved and verified all of the study, byte for byte, and has met every fault that was scripted.
    func expectWhole(_ run: CommandRun, sourceLocation: SourceLocation = #_sourceLocation) throws {
        run.expect(0, naming: "all verified", sourceLocation: sourceLocation)
        #expect(try scratch.files(in: "out") == files(), sourceLocation: sourceLocation)
        #expect(server.pendingFaultCount == 0, "Not all faults were met.", sourceLocation: sourceLocation)
    }

    /// The series with the largest archive.
    var largest: WrittenSeries {
        get throws { try #require(written.series.max { $0.archiveByteCount < $1.archiveByteCount }) }
    }

    /// Lets the first requests for a page of a listing, for a series' metadata and for its archive meet the same faults.
    func script(_ faults: [LoopbackStore.Fault], for series: WrittenSeries) {
        for match in [.list, .object(name: series.metadataName), .object(name: series.archiveName)] as [LoopbackStore.Match] {
            server.script(matching: match, faults: faults)
        }
    }

    /// The requests for an object, in their order.
    func requests(for objectName: String) -> [LoopbackStore.Request] { server.log.filter { $0.objectName == objectName } }

    /// One series of 4 MiB, in eight instances, and a small one: room for connections that break in the middle.
    static func withLargeArchive(
        sourceLocation: SourceLocation = #_sourceLocation, _ body: (ServedStore) async throws -> Void
    ) async throws {
        try await with(
            seriesCount: 1, instancesPerSeries: 8, payload: .noise(byteCount: 512 << 10), sourceLocation: sourceLocation, body)
    }
}

extension LoopbackStore.Request {
    /// The first byte that it asks for.
    var firstByte: Int64 {
        range.flatMap { Int64($0.dropFirst("bytes=".count).prefix { $0 != "-" }) } ?? 0
    }

    /// The generation that it insists on.
    var generation: String? { query["ifGenerationMatch"] }
}

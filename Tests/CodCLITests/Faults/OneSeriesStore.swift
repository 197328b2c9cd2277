import CodCore
import CodTesting
import Foundation

/// A store in a folder of one series of five instances, written with defects; `cod` reads it over loopback.
struct OneSeriesStore {
    static let id = SeriesID(study: "1.2.3", series: "1.2.3.66")

    let scratch: Scratch
    let writer: StoreWriter
    let written: WrittenSeries

    init(_ defects: SeriesDefects) throws {
        scratch = try Scratch()
        writer = StoreWriter(
            folder: scratch.path("store"), prefix: "dicomweb", bucket: "test-bucket", metadataEncoding: .plain)
        written = try writer.writeSeries(
            study: Self.id.study, series: Self.id.series,
            instances: (0..<5).map { (uid: "1.2.3.66.\($0)", bytes: Self.bytes($0)) }, defects: defects)
    }

    func download() async throws -> CommandRun { try await run("download") }

    /// Runs a command on the study, with a folder for its output.
    func run(
        _ command: String, _ more: [String] = [], environment: [String: String] = [:]
    ) async throws -> CommandRun {
        try await LoopbackStore.withStore(bucketName: "test-bucket", folder: writer.folder) { server in
            // What begins with a dot is served out of memory only.
            let lock = written.metadataName.replacing("metadata.json", with: ".gradient.lock")
            if FileManager.default.fileExists(atPath: "\(writer.folder)/\(lock)") { server.put(lock, []) }
            return try await CommandRun.cod(
                [
                    command, "gs://test-bucket/dicomweb", Self.id.study, "--endpoint", server.endpoint, "-o",
                    scratch.path("out"),
                ] + more, environment: environment)
        }
    }

    func saved() throws -> [String: Data] { try scratch.files(in: "out") }

    /// The files of some instances, as they must land.
    func expected(_ written: WrittenSeries, _ indices: [Int] = Array(0..<5)) -> [String: Data] {
        Dictionary(
            uniqueKeysWithValues: indices.map {
                ("\(written.id)/instances/\(written.instances[$0].uid).dcm", Data(Self.bytes($0)))
            })
    }

    func editMetadata(_ edit: (String) -> String) throws {
        let url = URL(fileURLWithPath: "\(writer.folder)/\(written.metadataName)")
        try Data(edit(String(contentsOf: url, encoding: .utf8)).utf8).write(to: url)
    }

    /// No two of one size.
    private static func bytes(_ index: Int) -> [UInt8] {
        (0..<(2_000 + 700 * index)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 251 &+ index) }
    }
}

extension ServedStore {
    /// The reads of a series' archive so far, in their order.
    func reads(of series: WrittenSeries) -> [LoopbackStore.Request] {
        server.log.filter { $0.isArchiveRead && $0.objectName == series.archiveName }
    }

    /// Every instance of the other series, as it must land.
    func files(except series: WrittenSeries) throws -> [String: Data] {
        try files().filter { !$0.key.hasPrefix("\(series.id)/") }
    }
}

import CodCore
import CodTesting
import Foundation
import Testing

/// A store of one study with a good series and one that somebody spoiled.
struct HostileStore {
    /// How `cod` gets at it.
    enum Route: CaseIterable {
        case http, folder
    }

    static let study = "1.2.3"
    static let good = "1.2.3.10"
    static let bad = "1.2.3.66"
    /// The one instance that the bad series' metadata lists.
    static let listed = "1.2.3.66.1"
    static let listedBytes = bytes(count: 700, seed: 66)

    let scratch: Scratch
    let writer: StoreWriter

    init() throws {
        scratch = try Scratch()
        writer = StoreWriter(folder: scratch.path("store"), prefix: "dicomweb", bucket: "test-bucket")
        try writer.writeSeries(study: Self.study, series: Self.good, instances: Self.goodInstances)
        // Without offsets the archive is read from its beginning to its end.
        var defects = SeriesDefects.none
        defects.offsets = .omitted
        try writer.writeSeries(
            study: Self.study, series: Self.bad, instances: [(uid: Self.listed, bytes: Self.listedBytes)], defects: defects)
    }

    /// Something outside of the output that nobody may touch, and that a link may point to.
    var secret: String { scratch.path("secret") }

    func setArchive(_ bytes: [UInt8]) throws { try writer.write(bytes, at: "studies/\(Self.study)/series/\(Self.bad).tar") }

    func setMetadata(_ bytes: [UInt8]) throws {
        try writer.write(bytes, at: "studies/\(Self.study)/series/\(Self.bad)/metadata.json")
    }

    /// Downloads the study, and expects of it what holds whatever the bad series is: it alone fails, by name; the good one is
    /// saved; of the bad one nothing but the listed instance can be there, and only whole; nothing outside of the output changes.
    @discardableResult
    func expectContained(
        by route: Route, naming words: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> CommandRun {
        try "secret".write(toFile: secret, atomically: true, encoding: .utf8)
        let before = try scratch.entries(except: "out")
        let run = try await download(by: route)
        run.expect(
            1, naming: ["\(Self.study)/\(Self.bad)", "1 series\n  \(Self.study)/\(Self.bad)\n"] + words,
            sourceLocation: sourceLocation)
        #expect(!run.errors.contains(Self.good), sourceLocation: sourceLocation)

        #expect(try scratch.entries(except: "out") == before, sourceLocation: sourceLocation)
        #expect(try String(contentsOfFile: secret, encoding: .utf8) == "secret", sourceLocation: sourceLocation)
        let saved = try scratch.files(in: "out")
        let (own, others) = (
            saved.filter { $0.key.hasPrefix("1.2.3/\(Self.bad)/") }, saved.filter { !$0.key.hasPrefix("1.2.3/\(Self.bad)/") }
        )
        #expect(others == Self.goodFiles, sourceLocation: sourceLocation)
        let listedPath = "1.2.3/\(Self.bad)/instances/\(Self.listed).dcm"
        #expect(own.isEmpty || own == [listedPath: Data(Self.listedBytes)], sourceLocation: sourceLocation)
        let kinds = Set(try scratch.entries().filter { $0.key.hasPrefix("out/") }.map { $0.value.split(separator: " ")[0] })
        #expect(kinds.isSubset(of: ["NSFileTypeRegular", "NSFileTypeDirectory"]), sourceLocation: sourceLocation)
        #expect(!FileManager.default.fileExists(atPath: scratch.path("out/.cod/partial")), sourceLocation: sourceLocation)
        return run
    }

    /// Downloads the study, and expects that the bad series is none: the listed instance of it is saved too, and nothing else.
    @discardableResult
    func expectWhole(by route: Route, sourceLocation: SourceLocation = #_sourceLocation) async throws -> CommandRun {
        let run = try await download(by: route)
        run.expect(0, naming: "all verified", sourceLocation: sourceLocation)
        let listed = ["1.2.3/\(Self.bad)/instances/\(Self.listed).dcm": Data(Self.listedBytes)]
        #expect(try scratch.files(in: "out") == Self.goodFiles.merging(listed) { $1 }, sourceLocation: sourceLocation)
        return run
    }

    func download(by route: Route) async throws -> CommandRun {
        let output = ["-o", scratch.path("out")]
        switch route {
        case .folder:
            return try await CommandRun.cod(["download", scratch.path("store/dicomweb"), Self.study] + output)
        case .http:
            return try await LoopbackStore.withStore(bucketName: "test-bucket", folder: writer.folder) { server in
                try await CommandRun.cod(
                    ["download", "gs://test-bucket/dicomweb", Self.study, "--endpoint", server.endpoint] + output)
            }
        }
    }

    private static let goodInstances = (1...3).map { (uid: "1.2.3.10.\($0)", bytes: bytes(count: 1000 * $0, seed: UInt8($0))) }

    private static let goodFiles = Dictionary(
        uniqueKeysWithValues: goodInstances.map { ("1.2.3/\(good)/instances/\($0.uid).dcm", Data($0.bytes)) })

    private static func bytes(count: Int, seed: UInt8) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 251) &+ seed }
    }
}

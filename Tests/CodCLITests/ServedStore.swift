import CodCore
import CodTesting
import Foundation
import Testing

/// A store of synthetic studies, served on loopback with a token and in pages of two, and what a retrieval of it must give.
///
/// After each test nothing below its folder may hold the token, but for the file `token`, which `--token-file` may name.
struct ServedStore: Sendable {
    static let token = "canary-7f3a9c"

    let scratch: Scratch
    let written: WrittenStore
    let server: LoopbackStore
    let endpoint: String
    let prefix: String

    var study: String { written.studies[0].uid }
    var bucket: String { server.bucketName }
    /// The folder that holds `studies/`.
    var folder: String { written.studiesParentFolder }

    /// The portal link, whose prefix ends in `/dicomweb` unsaid.
    var link: String {
        let path = prefix.split(separator: "/").dropLast().joined(separator: "/")
        return "https://portal.example/\(bucket)\(path.isEmpty ? "" : "/\(path)")?token=\(Self.token)"
    }

    /// Every instance of some studies as it must land: path to bytes.
    func files(of studies: [String]? = nil, in series: Set<String>? = nil) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for one in written.series where studies?.contains(one.id.study) ?? true && series?.contains(one.id.series) ?? true {
            let archive = try Data(contentsOf: URL(fileURLWithPath: "\(written.writer.folder)/\(one.archiveName)"))
            for instance in one.instances {
                guard let offset = instance.byteOffset else { continue }
                files["\(one.id)/instances/\(instance.uid).dcm"] = archive[Int(offset)..<Int(offset + instance.byteCount)]
            }
        }
        return files
    }

    /// What `log.json` must hold of these files.
    static func log(of files: [String: Data]) -> [String] {
        files.keys.map { $0.replacing("/instances/", with: "/").replacing(".dcm", with: "") }.sorted()
    }

    /// Archive bytes that the server sent so far.
    var archiveByteCount: Int64 { server.log.filter(\.isArchiveRead).reduce(0) { $0 + $1.byteCount } }

    static func with(
        prefix: String = "dicomweb", seriesCount: Int = 3, instancesPerSeries: Int = 4,
        payload: SyntheticStudy.Payload = .phantom, version: StoreWriter.MetadataVersion = .v2,
        hashed: Bool = false, identity: ServerIdentity? = nil, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (ServedStore) async throws -> Void
    ) async throws {
        let scratch = try Scratch()
        let study = try SyntheticStudy(
            seed: 11, seriesCount: seriesCount, instancesPerSeries: instancesPerSeries, rows: 48, columns: 40, cineFrameCount: 3,
            payload: payload)
        let writer = StoreWriter(
            folder: scratch.path("store"), prefix: prefix, bucket: "test-bucket", metadataVersion: version, hashesUIDs: hashed)
        let written = try study.write(to: writer)
        var rules = LoopbackStore.Rules()
        rules.acceptedTokens = [token]
        rules.pageLimit = 2
        let server = try LoopbackStore(bucketName: "test-bucket", folder: writer.folder, rules: rules, identity: identity)
        let endpoint = try await server.start()
        do {
            try await body(
                ServedStore(scratch: scratch, written: written, server: server, endpoint: endpoint, prefix: prefix))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
        let leaks = Canary.leaks(below: scratch.root, except: ["store", Canary.tokenFileName]) + Canary.leaks(in: server.log)
        #expect(leaks.isEmpty, "The token is in \(leaks).", sourceLocation: sourceLocation)
    }
}

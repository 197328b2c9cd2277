import CodCore
import CodTesting
import Foundation
import Testing

/// A store to be downloaded by processes that are killed, and what must stand on disk at any moment, and at the end.
struct KillStore: Sendable {
    let scratch: Scratch
    /// Where what is temporary would be; on another file system than the output, if there is another.
    let temporary: Scratch
    let written: WrittenStore
    let server: LoopbackStore
    let endpoint: String
    /// Every instance as it must land: path to bytes.
    let expected: [String: Data]

    var studies: [String] { written.studies.map(\.uid) }
    var folder: String { written.studiesParentFolder }
    /// The sizes of all archives, added up.
    var byteCount: Int64 { written.series.reduce(0) { $0 + $1.archiveByteCount } }

    /// Makes a store of studies, in memory unless `isOnDisk`, and serves it while `body` runs. With `isBare`, the metadata of all series
    /// has no checksums, and does not list the last instance of each.
    static func with(
        _ studies: [SyntheticStudy], bytesPerSecond: Int64? = nil, isOnDisk: Bool = false, isBare: Bool = false,
        _ body: (KillStore) async throws -> Void
    ) async throws {
        let scratch = try Scratch(inMemory: !isOnDisk)
        let written = try StoreWriter(folder: scratch.path("store"), bucket: "loopback").write(studies)
        var expected: [String: Data] = [:]
        for series in written.series {
            let archive = try Data(contentsOf: URL(fileURLWithPath: "\(written.writer.folder)/\(series.archiveName)"))
            for instance in series.instances {
                let offset = Int(try #require(instance.byteOffset))
                expected["\(series.id)/instances/\(instance.uid).dcm"] = archive[offset..<offset + Int(instance.byteCount)]
            }
        }
        if isBare { for series in written.series { try rewriteBare(series, by: written.writer, expected) } }
        var rules = LoopbackStore.Rules()
        rules.bytesPerSecond = bytesPerSecond
        try await LoopbackStore.withStore(folder: scratch.path("store"), rules: rules) { server in
            try await body(
                KillStore(
                    scratch: scratch, temporary: try Scratch(inMemory: isOnDisk), written: written, server: server,
                    endpoint: server.endpoint, expected: expected))
        }
    }

    private static func rewriteBare(_ series: WrittenSeries, by writer: StoreWriter, _ files: [String: Data]) throws {
        let instances = try series.instances.map { instance in
            (uid: instance.uid, bytes: Array(try #require(files["\(series.id)/instances/\(instance.uid).dcm"])))
        }
        var defects = SeriesDefects.none
        defects.omitsChecksums = true
        defects.unlistedEntries = instances.suffix(1).map { ("instances/\($0.uid).dcm", $0.bytes) }
        try writer.writeSeries(
            study: series.id.study, series: series.id.series, instances: instances.dropLast(), defects: defects)
    }

    /// The command line that downloads all of it, over HTTP or from the folder.
    func arguments(to output: String, fromFolder: Bool = false, studies: [String]? = nil, _ more: [String] = []) -> [String] {
        ["download", fromFolder ? folder : "gs://loopback"] + (studies ?? self.studies)
            + ["-o", scratch.path(output), "--endpoint", endpoint] + more
    }

    var environment: [String: String] { ["TMPDIR": temporary.root] }

    /// Expects that at this moment nothing stands under a final name that is not whole, and that the log is one.
    func expectWhole(_ output: String, _ moment: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for (path, bytes) in try scratch.files(in: output) where expected[path] != bytes {
            Issue.record("\(moment): \(path), \(bytes.count) bytes, is not whole", sourceLocation: sourceLocation)
        }
        guard FileManager.default.fileExists(atPath: scratch.path("\(output)/log.json")) else { return }
        let log = try scratch.log(in: output)
        #expect(Set(log).isSubset(of: ServedStore.log(of: expected)), "\(moment)", sourceLocation: sourceLocation)
    }

    /// Expects that all is there, of these studies, and nothing beside it but what may be.
    func expectComplete(
        _ output: String, studies: [String]? = nil, besides others: Set<String> = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let wanted = expected.filter { file in studies?.contains { file.key.hasPrefix("\($0)/") } ?? true }
        #expect(try scratch.files(in: output) == wanted, sourceLocation: sourceLocation)
        #expect(try scratch.log(in: output).sorted() == ServedStore.log(of: wanted), sourceLocation: sourceLocation)
        let recorded = written.series.filter { studies?.contains($0.id.study) ?? true }
        let records = Set(recorded.map { ".cod/records/\($0.id).txt" })
        let kept = Set(wanted.keys).union(["log.json", ".cod/lock"]).union(records).union(others)
        let all = try files(below: scratch.path(output))
        #expect(records.subtracting(all) == [], "Something is not recorded.", sourceLocation: sourceLocation)
        #expect(all.subtracting(kept) == [], "Something is left behind.", sourceLocation: sourceLocation)
        #expect(
            !FileManager.default.fileExists(atPath: scratch.path("\(output)/.cod/partial")), sourceLocation: sourceLocation)
        #expect(try files(below: temporary.root) == [], sourceLocation: sourceLocation)
    }

    /// How many files that are not whole lie in the output folder of a command line.
    func partialCount(beside arguments: [String]) throws -> Int {
        guard let flag = arguments.firstIndex(of: "-o") else { return 0 }
        let partial = "\(arguments[flag + 1])/.cod/partial"
        return FileManager.default.enumerator(atPath: partial)?.count { "\($0)".hasSuffix(".partial") } ?? 0
    }

    /// The paths of all that is no folder.
    private func files(below folder: String) throws -> Set<String> {
        var files: Set<String> = []
        for case let path as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")
            if attributes[.type] as? FileAttributeType != .typeDirectory { files.insert(path) }
        }
        return files
    }
}

import CodCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import CodSink

@Suite("Files of a layout are found, replaced and removed by their paths")
struct LayoutSavingTests {
    private let folder: TemporaryFolder
    private let other = SeriesID(study: "1.2.3", series: "9")
    private static let path = "CT/0001.dcm"

    init() throws { folder = try TemporaryFolder() }

    private func sink(
        usesUnnamedFiles: Bool = true, sync: @escaping InstanceSync = { (_, _) throws(Errno) in }
    ) throws -> DirectorySink {
        DirectorySink(
            at: folder["out"], layout: try FileLayout(parsing: "{Modality}/{InstanceNumber:4}.dcm"), isDurable: true,
            usesUnnamedFiles: usesUnnamedFiles, sync: sync)
    }

    private func plan(_ uid: String, of series: SeriesID, checksum: CRC32C? = nil) -> SeriesPlan {
        CodSinkTests.plan([PlannedInstance(uid: uid, byteCount: 4, checksum: checksum, path: Self.path)], of: series)
    }

    /// A run that wants one instance, whose bytes are `text`; answers what it found.
    private func run(
        _ text: String, as uid: String, of series: SeriesID = series, checksum: CRC32C? = nil, usesUnnamedFiles: Bool = true
    ) async throws -> [SavedInstance] {
        let sink = try sink(usesUnnamedFiles: usesUnnamedFiles)
        let plan = plan(uid, of: series, checksum: checksum)
        try await sink.prepare(for: RetrievalPlan(studies: []))
        let held = try await sink.inventory(of: plan)
        if held.isEmpty {
            let result = try await sink.feed(events(text, of: instance(uid, 4, of: series, checksum: checksum)), of: series)
            #expect(result.failures.isEmpty && result.instances.count == 1)
        }
        try await sink.close()
        return held
    }

    private func mark(_ uid: String, of series: SeriesID) -> String { FileLayout.distinctPath(Self.path, of: uid, in: series) }

    private var instances: Set<String> {
        Set(folder.everything.filter { $0.hasSuffix(".dcm") }.map { String($0.dropFirst("out/".count)) })
    }

    @Test("Another series' instance of the same path and size is neither counted nor replaced", arguments: [true, false])
    func sameSize(usesUnnamedFiles: Bool) async throws {
        #expect(try await run("aaaa", as: "7", usesUnnamedFiles: usesUnnamedFiles).isEmpty)
        #expect(try await run("bbbb", as: "7", of: other, usesUnnamedFiles: usesUnnamedFiles).isEmpty)
        #expect(instances == [Self.path, mark("7", of: other)])
        #expect(try await run("aaaa", as: "7").map(\.path) == [Self.path])
        #expect(try await run("bbbb", as: "7", of: other).map(\.path) == [mark("7", of: other)])
        #expect(FileManager.default.contents(atPath: folder["out/\(Self.path)"]) == Data("aaaa".utf8))
    }

    @Test("Nor is it without the records: what has no checksum is fetched again, and put where it was when it is the same")
    func withoutRecords() async throws {
        #expect(try await run("aaaa", as: "7").isEmpty)
        try FileManager.default.removeItem(atPath: folder["out/.cod"])
        #expect(try await run("bbbb", as: "7", of: other).isEmpty)
        #expect(try await run("aaaa", as: "7").isEmpty)
        #expect(instances == [Self.path, mark("7", of: other)])
        #expect(FileManager.default.contents(atPath: folder["out/\(Self.path)"]) == Data("aaaa".utf8))
    }

    @Test("A file without a record counts where its checksum is the metadata's, and else stays")
    func unrecorded() async throws {
        try folder.put("aaaa", at: "out/\(Self.path)")
        #expect(try await run("aaaa", as: "7", checksum: checksum(of: "aaaa")).map(\.path) == [Self.path])
        #expect(try await run("bbbb", as: "8", of: other, checksum: checksum(of: "bbbb")).isEmpty)
        #expect(instances == [Self.path, mark("8", of: other)])
    }

    @Test("A new version of an instance takes the place of the old one, under its record's path")
    func newVersion() async throws {
        #expect(try await run("aaaa", as: "7", checksum: checksum(of: "aaaa")).isEmpty)
        #expect(try await run("cccc", as: "7", checksum: checksum(of: "cccc")).isEmpty)
        #expect(instances == [Self.path])
        #expect(FileManager.default.contents(atPath: folder["out/\(Self.path)"]) == Data("cccc".utf8))
    }

    @Test("What is taken back, or cannot be brought to the disk, is removed with its empty folders")
    func removal() async throws {
        let failing = try sink { (_, _) throws(Errno) in throw .ioError }
        try await failing.prepare(for: RetrievalPlan(studies: []))
        _ = try await failing.inventory(of: plan("7", of: series))
        let result = try await failing.feed(events("aaaa", of: instance("7", 4)))
        #expect(result.instances.isEmpty && !result.failures.isEmpty && instances.isEmpty)
        #expect(!folder.everything.contains { $0.hasPrefix("out/CT") })
        try? await failing.close()
        let sink = try sink()
        try await sink.prepare(for: RetrievalPlan(studies: []))
        _ = try await sink.inventory(of: plan("7", of: series))
        let saved = try await sink.feed(events("aaaa", of: instance("7", 4))).instances
        #expect(instances == [Self.path])
        try await sink.takeBack(saved)
        #expect(instances.isEmpty)
        try await sink.close()
    }

    @Test("A link in the way to a path is not followed")
    func links() async throws {
        try folder.makeFolder("elsewhere")
        try folder.makeFolder("out")
        try folder.makeLink("out/CT", to: folder["elsewhere"])
        let sink = try sink()
        try await sink.prepare(for: RetrievalPlan(studies: []))
        _ = try await sink.inventory(of: plan("7", of: series))
        let result = try await sink.feed(events("aaaa", of: instance("7", 4)))
        #expect(result.instances.isEmpty && result.failures.first?.code == .writeFailed)
        #expect(folder.names(in: "elsewhere") == [])
        try await sink.close()
    }
}

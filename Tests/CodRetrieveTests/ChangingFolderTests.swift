import CodCore
import CodRetrieve
import CodTesting
import CodTransport
import Foundation
import Testing

@Suite("A store in a folder that changes between the plan and the reading is planned again once")
struct ChangingFolderTests {
    private func bytes(_ number: Int, version: Int) -> [UInt8] {
        // The first instance is the same in both versions; the sizes are.
        (0..<3_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number &+ (number == 0 ? 0 : version) &* 97) }
    }

    private func write(_ writer: StoreWriter, version: Int) throws -> WrittenSeries {
        try writer.writeSeries(
            study: "1.2.3", series: "4.5", instances: (0..<4).map { (uid: "6.\($0)", bytes: bytes($0, version: version)) })
    }

    @Test("fault 17: what is saved in the end is the new version, and only what is another there is read again")
    func replaced() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cod-test-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let writer = StoreWriter(folder: "\(folder)/store")
        let old = try write(writer, version: 0)
        // Versions written at one tick of the clock would look the same.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: "\(writer.folder)/\(old.archiveName)")
        let access = try StoreAccess(.folder(path: "\(folder)/store"), options: GCSOptions())
        let pipeline = access.pipeline(to: "\(folder)/out")
        try await pipeline.run(access.catalog.plan(for: ["1.2.3"]))
        func path(_ number: Int) -> String { "\(folder)/out/1.2.3/4.5/instances/6.\(number).dcm" }
        try FileManager.default.removeItem(atPath: path(3))

        let plan = try await access.catalog.plan(for: ["1.2.3"])
        _ = try write(writer, version: 1)
        let report = try await pipeline.run(plan)
        #expect(report.isComplete && report.skippedCount == 1 && report.savedCount == 3 && report.verifiedCount == 3)
        for number in 0..<4 {
            #expect(try Array(Data(contentsOf: URL(fileURLWithPath: path(number)))) == bytes(number, version: 1))
        }
    }
}

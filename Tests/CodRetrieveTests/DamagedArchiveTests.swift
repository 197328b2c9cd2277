import CodCore
import CodRetrieve
import CodTesting
import CodTransport
import Foundation
import Testing

/// The whole way from the store to the disk, over archives that were damaged at random.
@Suite("Whatever is damaged in an archive, no instance goes missing without a word")
struct DamagedArchiveTests {
    private static let id = SeriesID(study: "1.2.3", series: "4.5")

    /// What is done to an archive.
    enum Damage: String, CaseIterable {
        /// Blocks of zeros, as a disk leaves them that lost a page.
        case hole
        /// Bits of one byte of a header.
        case header
        /// Bytes here and there.
        case noise
        /// In front of an entry the header of an older try that was never finished, with another size.
        case leftover
        case cut
    }

    @Test(
        "Each instance is saved as it was or named; where nothing of an entry was touched, it is saved; so in the next run",
        arguments: Damage.allCases, 0..<UInt64(24))
    func property(damage: Damage, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed &* 8 &+ UInt64(damage.rawValue.count))
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cod-test-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let writer = StoreWriter(folder: "\(folder)/store", metadataEncoding: .plain)
        let count = 9
        let bytes = (0..<count).map { number in
            (0..<Int.random(in: 200...9000, using: &random)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number &* 7 &+ 1) }
        }
        let written = try writer.writeSeries(
            study: Self.id.study, series: Self.id.series, instances: (0..<count).map { (uid: "6.\($0)", bytes: bytes[$0]) })
        let touched = try Self.apply(damage, to: written, in: writer.folder, &random)
        // Some are there from an earlier run.
        let access = try StoreAccess(.folder(path: writer.folder), options: GCSOptions())
        let pipeline = access.pipeline(to: "\(folder)/out")
        func saved(_ number: Int) -> [UInt8]? {
            let path = "\(folder)/out/\(Self.id)/instances/6.\(number).dcm"
            return (try? Data(contentsOf: URL(fileURLWithPath: path))).map(Array.init)
        }
        for run in 1...3 {
            let report = try await pipeline.run(access.catalog.plan(for: [Self.id.study]))
            let named = Set(report.failures.compactMap(\.instance))
            let isSeriesNamed = report.failures.contains { $0.instance == nil }
            for number in 0..<count {
                if let found = saved(number) {
                    #expect(found == bytes[number], "Run \(run): 6.\(number) is another.")
                } else {
                    #expect(
                        named.contains("6.\(number)") || isSeriesNamed,
                        "Run \(run): 6.\(number) is lost without a word: \(report.failures)")
                    #expect(touched.contains(number), "Run \(run): nothing was done to 6.\(number), which is lost.")
                }
            }
            #expect(report.savedCount + report.skippedCount == (0..<count).count { saved($0) != nil })
            if run == 2, let lost = (0..<count).last(where: { saved($0) != nil && !touched.contains($0) }) {
                // What somebody removes comes back, however damaged its neighbours are.
                try FileManager.default.removeItem(atPath: "\(folder)/out/\(Self.id)/instances/6.\(lost).dcm")
            }
        }
    }

    /// Damages the archive; answers which instances it concerns.
    private static func apply(
        _ damage: Damage, to series: WrittenSeries, in folder: String, _ random: inout SplitMix64
    ) throws -> Set<Int> {
        let url = URL(fileURLWithPath: "\(folder)/\(series.archiveName)")
        var archive = Array(try Data(contentsOf: url))
        let offsets = try series.instances.map { Int(try #require($0.byteOffset)) }
        func range(_ number: Int) -> Range<Int> {
            let start = number == 0 ? 0 : (offsets[number - 1] + Int(series.instances[number - 1].byteCount) + 511) / 512 * 512
            return start..<offsets[number] + Int(series.instances[number].byteCount)
        }
        var touched = Set<Int>()
        func touch(_ bytes: Range<Int>) {
            for number in offsets.indices where range(number).overlaps(bytes) { touched.insert(number) }
        }
        let end = range(offsets.count - 1).upperBound
        switch damage {
        case .hole:
            for _ in 0...Int.random(in: 0...2, using: &random) {
                let start = Int.random(in: 0..<end, using: &random) / 512 * 512
                let hole = start..<min(start + 512 * Int.random(in: 1...12, using: &random), archive.count)
                for place in hole { archive[place] = 0 }
                touch(hole)
            }
        case .header:
            for _ in 0...Int.random(in: 0...2, using: &random) {
                let place = offsets[Int.random(in: offsets.indices, using: &random)] - Int.random(in: 1...512, using: &random)
                archive[place] ^= UInt8.random(in: 1...255, using: &random)
                touch(place..<place + 1)
            }
        case .noise:
            for _ in 0..<6 {
                let place = Int.random(in: 0..<end, using: &random)
                archive[place] ^= UInt8.random(in: 1...255, using: &random)
                touch(place..<place + 1)
            }
        case .leftover:
            // It takes the place of what was in front of the entry's own header: the last block of the entry before.
            let number = Int.random(in: 1..<offsets.count, using: &random)
            let place = range(number).lowerBound - 512
            var header = Array(archive[offsets[number] - 512..<offsets[number]])
            func write(_ text: String, at start: Int) { header.replaceSubrange(start..<start + text.utf8.count, with: text.utf8) }
            func octal(_ value: Int, digits: Int) -> String {
                let text = String(value, radix: 8)
                return String(repeating: "0", count: digits - text.count) + text
            }
            write(octal(Int.random(in: 1...60_000, using: &random), digits: 11), at: 124)
            write("        ", at: 148)
            write(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\0 ", at: 148)
            archive.replaceSubrange(place..<place + 512, with: header)
            touched = [number - 1, number]
        case .cut:
            let length = Int.random(in: 0..<end, using: &random)
            archive.removeSubrange(length...)
            touch(length..<end)
            // The metadata's offsets no longer fit the archive.
            touched.formUnion(offsets.indices.filter { range($0).upperBound > length })
        }
        try Data(archive).write(to: url)
        return touched
    }
}

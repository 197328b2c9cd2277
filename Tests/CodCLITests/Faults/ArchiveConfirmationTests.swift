import CodCore
import CodTesting
import Foundation
import Testing

@Suite("What only the archive's checksum can confirm counts when it did")
struct ArchiveConfirmationTests {
    /// A series of a served store: four instances, and one that its metadata does not list.
    private struct Series {
        static let unlisted = (name: "instances/1.2.77.99.dcm", bytes: [UInt8](repeating: 9, count: 30_000))

        let store: ServedStore
        let written: WrittenSeries
        /// A byte of the unlisted instance.
        let place: Int64

        init(in store: ServedStore, salt: Int = 0, omitsChecksums: Bool = false) throws {
            self.store = store
            var defects = SeriesDefects.none
            defects.unlistedEntries = [Self.unlisted]
            defects.omitsChecksums = omitsChecksums
            let written = try store.written.writer.writeSeries(
                study: store.study, series: "1.2.77",
                instances: (0..<4).map { (uid: "1.2.77.\($0)", bytes: Self.bytes($0, salt: salt)) }, defects: defects)
            self.written = written
            let archive = try Data(contentsOf: URL(fileURLWithPath: "\(store.written.writer.folder)/\(written.archiveName)"))
            let unlisted = try #require(archive.range(of: Data(Self.unlisted.bytes)) as Range<Int>?)
            place = Int64(unlisted.lowerBound) + 77
        }

        private static func bytes(_ number: Int, salt: Int) -> [UInt8] {
            (0..<9_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number &+ salt) }
        }

        func expected(salt: Int = 0) -> [String: Data] {
            var files = [name(of: "1.2.77.99"): Data(Self.unlisted.bytes)]
            for number in 0..<4 { files[name(of: "1.2.77.\(number)")] = Data(Self.bytes(number, salt: salt)) }
            return files
        }

        func name(of uid: String) -> String { "\(written.id)/instances/\(uid).dcm" }

        func saved() throws -> [String: Data] {
            try store.scratch.files(in: "out").filter { $0.key.hasPrefix("\(written.id)/") }
        }

        /// From now on a byte of the unlisted instance is another, whoever asks for it by whatever range.
        func flip() {
            store.server.script(matching: .object(name: written.archiveName), faults: [], thenAlways: .corrupt(atByte: place))
        }
    }

    @Test("fault 27: a damaged unlisted instance is refused by the first run, and by every other, until it is right")
    func refusedForGood() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let series = try Series(in: store)
            series.flip()
            for _ in 0..<3 {
                (try await store.fetch()).expect(1, naming: "1.2.77", "crc32c")
                var expected = series.expected()
                expected[series.name(of: "1.2.77.99")] = nil
                #expect(try series.saved() == expected)
            }
            store.server.clearScripts()
            (try await store.fetch()).expect(0)
            #expect(try series.saved() == series.expected())
        }
    }

    @Test("fault 27: what is confirmed is neither fetched nor written again when something else of the series is")
    func confirmedStays() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let series = try Series(in: store)
            (try await store.fetch()).expect(0)
            try FileManager.default.removeItem(atPath: store.scratch.path("out/\(series.name(of: "1.2.77.0"))"))
            series.flip()
            store.server.clearLog()
            (try await store.fetch()).expect(0, naming: "Saved 1 instance")
            #expect(try series.saved() == series.expected())
            #expect(store.reads(of: series.written).reduce(0) { $0 + $1.byteCount } < 9_000 + (64 << 10))
            (try await store.fetch()).expect(0, naming: "Nothing is missing")
        }
    }

    @Test("fault 27: what was saved without being compared is compared by the next run that does")
    func notCompared() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let series = try Series(in: store)
            series.flip()
            (try await store.fetch(from: store.link, timeout: 300, "--no-verify")).expect(0)
            #expect(try series.saved() != series.expected())
            store.server.clearScripts()
            (try await store.fetch()).expect(0)
            #expect(try series.saved() == series.expected())
            (try await store.fetch()).expect(0, naming: "Nothing is missing")
        }
    }

    @Test("fault 17: instances without checksums of another archive, of the same sizes, are fetched again")
    func anotherVersion() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let old = try Series(in: store, omitsChecksums: true)
            (try await store.fetch()).expect(0)
            #expect(try old.saved() == old.expected())
            let new = try Series(in: store, salt: 5, omitsChecksums: true)
            (try await store.fetch()).expect(0)
            #expect(try new.saved() == new.expected(salt: 5))
            (try await store.fetch()).expect(0, naming: "Nothing is missing")
        }
    }
}

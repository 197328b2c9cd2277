import CodCore
import CodTesting
import Foundation
import Testing

@Suite("What only the archive's checksum can confirm counts when it did")
struct ArchiveConfirmationTests {
    enum Way: CaseIterable { case folder, zip }

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

        /// What is saved of it, in the folder or the study's zip; nothing while there is none.
        func saved(_ way: Way) async throws -> [String: Data] {
            switch way {
            case .folder: return try store.scratch.files(in: "out").filter { $0.key.hasPrefix("\(written.id)/") }
            case .zip:
                let zip = store.scratch.path("zips/\(store.study).zip")
                guard FileManager.default.fileExists(atPath: zip) else { return [:] }
                let files = try await UnpackedZip.files(in: zip)
                return Dictionary(uniqueKeysWithValues: files.map { ("\(written.id.study)/\($0.key)", $0.value) })
                    .filter { $0.key.hasPrefix("\(written.id)/") }
            }
        }

        func fetch(_ way: Way, _ more: String...) async throws -> CommandRun {
            let output =
                way == .folder ? ["-o", store.scratch.path("out")] : ["--zip-only", "--zip-dir", store.scratch.path("zips")]
            return try await CommandRun.cod(
                ["download", store.link, store.study, "--endpoint", store.endpoint, "--timeout", "300"] + output + more)
        }

        /// From now on a byte of the unlisted instance is another, whoever asks for it by whatever range.
        func flip() {
            store.server.script(matching: .object(name: written.archiveName), faults: [], thenAlways: .corrupt(atByte: place))
        }
    }

    @Test(
        "fault 27: a damaged unlisted instance is refused by the first run, and by every other, until it is right",
        arguments: Way.allCases)
    func refusedForGood(way: Way) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let series = try Series(in: store)
            series.flip()
            for _ in 0..<3 {
                (try await series.fetch(way)).expect(1, naming: "1.2.77", "crc32c")
                var expected = series.expected()
                expected[series.name(of: "1.2.77.99")] = nil
                // A study of which something failed has no zip.
                #expect(try await series.saved(way) == (way == .folder ? expected : [:]))
            }
            store.server.clearScripts()
            (try await series.fetch(way)).expect(0)
            #expect(try await series.saved(way) == series.expected())
        }
    }

    @Test("fault 27: what is confirmed is neither fetched nor written again", arguments: Way.allCases)
    func confirmedStays(way: Way) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let series = try Series(in: store)
            (try await series.fetch(way)).expect(0)
            series.flip()
            if way == .folder {
                try FileManager.default.removeItem(atPath: store.scratch.path("out/\(series.name(of: "1.2.77.0"))"))
                store.server.clearLog()
                (try await series.fetch(way)).expect(0, naming: "Saved 1 instance")
                #expect(store.reads(of: series.written).reduce(0) { $0 + $1.byteCount } < 9_000 + (64 << 10))
            }
            store.server.clearLog()
            (try await series.fetch(way)).expect(0, naming: "Nothing is missing")
            #expect(store.reads(of: series.written).isEmpty)
            #expect(try await series.saved(way) == series.expected())
        }
    }

    @Test("fault 27: what was saved without being compared is compared by the next run that does", arguments: Way.allCases)
    func notCompared(way: Way) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let series = try Series(in: store)
            series.flip()
            (try await series.fetch(way, "--no-verify")).expect(0)
            #expect(try await series.saved(way) != series.expected())
            store.server.clearScripts()
            (try await series.fetch(way)).expect(0)
            #expect(try await series.saved(way) == series.expected())
            (try await series.fetch(way)).expect(0, naming: "Nothing is missing")
        }
    }

    @Test(
        "fault 17: instances without checksums of another archive, of the same sizes, are fetched again", arguments: Way.allCases)
    func anotherVersion(way: Way) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let old = try Series(in: store, omitsChecksums: true)
            (try await old.fetch(way)).expect(0)
            #expect(try await old.saved(way) == old.expected())
            let new = try Series(in: store, salt: 5, omitsChecksums: true)
            (try await new.fetch(way)).expect(0)
            #expect(try await new.saved(way) == new.expected(salt: 5))
            (try await new.fetch(way)).expect(0, naming: "Nothing is missing")
        }
    }

    @Test("fault 21: what is in a zip of a study of which something failed counts for no more than what was compared")
    func partialZip() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let series = try Series(in: store, omitsChecksums: true)
            let first = try #require(series.written.instances[0].byteOffset) + 100
            let end = try #require(series.written.instances[3].byteOffset) + 100
            store.server.script(
                matching: .object(name: series.written.archiveName),
                faults: [.all([.corrupt(atByte: first), .close(afterByteCount: end)])], thenAlways: .status(403))
            (try await series.fetch(.zip, "--zip-partial")).expect(1, naming: "1.2.77")
            store.server.clearScripts()
            (try await series.fetch(.zip, "--zip-partial")).expect(0)
            #expect(try await series.saved(.zip) == series.expected())
        }
    }

    @Test("Who repeats a download with --zip keeps what the metadata does not list in the zip")
    func zippedAgain() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let series = try Series(in: store)
            for _ in 0..<3 {
                (try await series.fetch(.folder, "--zip", "--zip-dir", store.scratch.path("zips"))).expect(0)
                #expect(try await series.saved(.zip) == series.expected())
            }
        }
    }
}

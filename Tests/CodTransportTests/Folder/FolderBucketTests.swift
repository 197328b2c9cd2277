import CodCore
import Foundation
import Testing

@testable import CodTransport

@Suite("A folder is a store")
struct FolderBucketTests {
    /// A store with one study of two series, the metadata of one packed.
    func makeStore(_ folder: TemporaryFolder, at name: String = "store") throws -> [UInt8] {
        var random = SeededRandom(seed: 5)
        // Blocks of a prime length: bytes from a wrong place are other bytes.
        let block = (0..<65_521).map { _ in UInt8.random(in: 0...255, using: &random) }
        let archive = Array(repeatElement(block, count: 33).joined().prefix((2 << 20) + 777))
        let metadata = Array(oneInstance(#""size":5,"headers":{"start_byte":1536}"#).utf8)
        try folder.write(archive, to: "\(name)/studies/S/series/X.tar")
        try folder.write(metadata, to: "\(name)/studies/S/series/X/metadata.json")
        try folder.write([1], to: "\(name)/studies/S/series/X/error.log")
        try folder.write([9], to: "\(name)/studies/S/series/Y.tar")
        try folder.write(gzipped(metadata), to: "\(name)/studies/S/series/Y/metadata.json")
        try folder.write([1], to: "\(name)/studies/notes.txt")
        return archive
    }

    func bytes(_ stream: ByteStream) async throws -> [UInt8] {
        var all: [UInt8] = []
        for try await chunk in stream {
            #expect(chunk.count <= 256 << 10)
            chunk.withBytes { bytes in bytes.withUnsafeBytes { all += $0 } }
        }
        return all
    }

    @Test("It is planned like a bucket, its addresses are file addresses")
    func plans() async throws {
        let folder = try TemporaryFolder()
        let archive = try makeStore(folder, at: "a store%")
        let bucket = try FolderBucket(at: "\(folder.path)/a store%/")
        let plan = try await bucket.plan(for: [])
        #expect(plan.studies.map(\.uid) == ["S"])
        #expect(plan.series.map(\.id.series) == ["X", "Y"])
        let series = plan.studies[0].series
        #expect(series.allSatisfy { $0.instances.map(\.uid) == ["1.2"] })
        #expect(series[0].notices == [.hasErrorLog])
        #expect(series[0].archive?.byteCount == Int64(archive.count))
        #expect(series[0].archive?.url == "file://\(percentEncoded(path: folder.path))/a%20store%25/studies/S/series/X.tar")
        #expect(series[0].archive?.objectName == "studies/S/series/X.tar")
        #expect(try await bucket.plan(for: ["S", "absent"]).studies.map { $0.failure?.code } == [nil, .studyNotFound])
    }

    @Test("A chunk is read into the memory of the one before, unless somebody has kept that")
    func reusesMemory() async throws {
        let folder = try TemporaryFolder()
        let content = try makeStore(folder)
        let bucket = try FolderBucket(at: "\(folder.path)/store")
        let archive = try #require(try await bucket.plan(for: ["S"]).studies[0].series[0].archive)
        let whole = Portion(archive: archive, byteRange: 0..<Int64(content.count), instances: [])
        var places: Set<UInt> = []
        for try await chunk in try await bucket.open(whole, at: 0) {
            places.insert(chunk.withBytes { $0.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } })
        }
        #expect(places.count == 1, "\(places.count) pieces of memory were used for one stream")
        var kept: [ByteChunk] = []
        for try await chunk in try await bucket.open(whole, at: 0) { kept.append(chunk) }
        #expect(kept.flatMap { chunk in chunk.withBytes { $0.withUnsafeBytes { Array($0) } } } == content)
    }

    @Test("All lanes share as many threads of its own as there are processors")
    func threads() throws {
        let folder = try TemporaryFolder()
        _ = try makeStore(folder)
        let bucket = try FolderBucket(at: "\(folder.path)/store")
        let threads = try #require(bucket.executor(forLane: 0) as? DiskThreads)
        #expect(bucket.executor(forLane: 7) as? DiskThreads === threads)
    }

    @Test("Bytes of a portion come whole from any offset")
    func reads() async throws {
        let folder = try TemporaryFolder()
        let content = try makeStore(folder)
        let bucket = try FolderBucket(at: "\(folder.path)/store")
        let archive = try #require(try await bucket.plan(for: ["S"]).studies[0].series[0].archive)
        let whole = Portion(archive: archive, byteRange: 0..<Int64(content.count), instances: [])
        for offset in [0, 1, 1 << 20, content.count - 1, content.count] {
            #expect(try await bytes(bucket.open(whole, at: Int64(offset))) == Array(content[offset...]))
        }
        let part = Portion(archive: archive, byteRange: 512..<1_500_000, instances: [])
        #expect(try await bytes(bucket.open(part, at: 100)) == Array(content[612..<1_500_000]))
        #expect(try await bytes(bucket.run(part, in: StageContext())) == Array(content[512..<1_500_000]))
        let unsized = Portion(archive: archive, byteRange: nil, instances: [])
        #expect(try await bytes(bucket.open(unsized, at: 0)) == content)
        for offset in [-1, Int64(content.count) + 1, .max] {
            await #expect(throws: CodError.self) { try await bucket.open(whole, at: offset) }
        }
    }

    @Test("A file that was written to, cut off or replaced since it was listed is another one, also in the middle of reading")
    func changedFile() async throws {
        let replacements: [(TemporaryFolder, [UInt8]) throws -> Void] = [
            { folder, content in try truncate("\(folder.path)/store/studies/S/series/X.tar", to: UInt64(content.count - 1)) },
            { folder, content in try folder.write(content.reversed(), to: "store/studies/S/series/X.tar") },
            { folder, content in
                try folder.write(content.reversed(), to: "new")
                try folder.remove("store/studies/S/series/X.tar")
                try FileManager.default.moveItem(
                    atPath: "\(folder.path)/new", toPath: "\(folder.path)/store/studies/S/series/X.tar")
            },
        ]
        for (number, replace) in replacements.enumerated() {
            let folder = try TemporaryFolder()
            let content = try makeStore(folder)
            let path = "\(folder.path)/store/studies/S/series/X.tar"
            // Files written at one tick of the clock would look the same.
            try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: path)
            let bucket = try FolderBucket(at: "\(folder.path)/store")
            let archive = try #require(try await bucket.plan(for: ["S"]).studies[0].series[0].archive)
            #expect(archive.generation == 1_000_000_000_000_000)
            let whole = Portion(archive: archive, byteRange: 0..<Int64(content.count), instances: [])
            var chunks = try await bucket.open(whole, at: 0).makeAsyncIterator()
            #expect(try await chunks.next()?.count == 256 << 10)
            try replace(folder, content)
            // A file that was moved away is read to its end: it is still the one that was listed.
            if number < 2 { #expect(await failure { _ = try await chunks.next() }?.code == .objectChanged) }
            let error = await failure { _ = try await bucket.open(whole, at: 0) }
            #expect(error?.code == .objectChanged && error?.series == "X")
        }
    }

    @Test("Metadata that is written to after it was listed is read as it is then")
    func changedMetadata() async throws {
        let folder = try TemporaryFolder()
        _ = try makeStore(folder)
        let store = FolderStore(at: "\(folder.path)/store")
        let object = try #require(try await store.objects(ofStudy: "S").first { $0.path.hasSuffix("X/metadata.json") })
        try folder.write([1, 2, 3], to: "store/\(object.path)")
        #expect(await failure { _ = try await store.read(object, in: StageContext()) }?.code == .objectChanged)
    }

    @Test("A file without a known generation that was cut off since is truncated, for good")
    func shrunkFile() async throws {
        let folder = try TemporaryFolder()
        let content = try makeStore(folder)
        let bucket = try FolderBucket(at: "\(folder.path)/store")
        let listed = try #require(try await bucket.plan(for: ["S"]).studies[0].series[0].archive)
        let archive = Archive(
            series: listed.series, url: listed.url, objectName: listed.objectName, byteCount: listed.byteCount)
        let whole = Portion(archive: archive, byteRange: 0..<Int64(content.count), instances: [])
        let open = try await bucket.open(whole, at: 0)
        var chunks = open.makeAsyncIterator()
        #expect(try await chunks.next()?.count == 256 << 10)
        try folder.write(Array(content[..<(256 << 10)]), to: "cut")
        // In place, as a copy that starts over does it.
        try truncate("\(folder.path)/store/studies/S/series/X.tar", to: 256 << 10)
        for body in [{ _ = try await chunks.next() }, { _ = try await bucket.open(whole, at: 0) }] {
            let error = await #expect(throws: CodError.self) { try await body() }
            #expect(error?.code == .truncated && error?.transience == .final)
            #expect(error?.message.contains("262144") == true)
        }
        try folder.remove("store/studies/S/series/X.tar")
        let error = await #expect(throws: CodError.self) { try await bucket.open(whole, at: 0) }
        #expect(error?.code == .objectNotFound && error?.series == "X")
    }

    @Test("Links to folders and files are followed; what is no regular file is passed over")
    func links() async throws {
        let folder = try TemporaryFolder()
        _ = try makeStore(folder, at: "elsewhere")
        try folder.makeFolder("store/studies/T/series")
        try folder.link("store/studies/S", to: "../../elsewhere/studies/S")
        try folder.link("store/studies/T/series/Z.tar", to: "\(folder.path)/elsewhere/studies/S/series/Y.tar")
        try folder.link("store/studies/T/series/Z", to: "\(folder.path)/elsewhere/studies/S/series/Y")
        try folder.link("store/studies/T/series/circle", to: "circle")
        try folder.link("store/studies/T/series/nowhere.tar", to: "absent")
        try folder.link("store/studies/T/series/null.tar", to: "/dev/zero")
        try folder.link("link", to: "store")
        let bucket = try FolderBucket(at: "\(folder.path)/link")
        let plan = try await bucket.plan(for: [])
        #expect(plan.series.map(\.id.description) == ["S/X", "S/Y", "T/Z"])
        let archive = try #require(plan.studies[1].series[0].archive)
        #expect(try await bytes(bucket.open(Portion(archive: archive, byteRange: 0..<1, instances: []), at: 0)) == [9])
    }

    @Test(
        "A name that leads elsewhere opens nothing",
        arguments: ["/etc/passwd", "../secret", "studies/../../secret", "", "a//b", "a\u{0}b", "."])
    func pathTricks(name: String) async throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("store/studies")
        try folder.write([1], to: "secret")
        let bucket = try FolderBucket(at: "\(folder.path)/store")
        let archive = Archive(series: SeriesID(study: "S", series: "X"), url: "", objectName: name, byteCount: nil)
        let error = await #expect(throws: CodError.self) {
            try await bucket.open(Portion(archive: archive, byteRange: nil, instances: []), at: 0)
        }
        #expect(error?.code == .objectNotFound)
    }

    @Test("Special files are never opened as archives")
    func specialFiles() async throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("store/studies/S")
        try folder.link("store/studies/zero", to: "/dev/zero")
        let bucket = try FolderBucket(at: "\(folder.path)/store")
        for name in ["studies/zero", "studies/S"] {
            let archive = Archive(series: SeriesID(study: "S", series: "X"), url: "", objectName: name, byteCount: nil)
            let error = await #expect(throws: CodError.self) {
                try await bucket.open(Portion(archive: archive, byteRange: nil, instances: []), at: 0)
            }
            #expect(error?.message.contains("no regular file") == true)
        }
    }

    @Test("What is no store is refused")
    func noStore() throws {
        let folder = try TemporaryFolder()
        for path in [folder.path, "\(folder.path)/absent", ""] {
            let error = #expect(throws: CodError.self) { try FolderBucket(at: path) }
            #expect(error?.code == .invalidSource)
        }
    }
}

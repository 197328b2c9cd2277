import CodCore
import CodRetrieve
import CodTesting
import CodTransport
import CodZip
import Foundation
import Synchronization
import Testing

@Suite("CodDownload is cod-retrieve's interface, name for name")
struct CodDownloadTests {
    static let token = "canary-51d2"

    /// A served store, and a CodDownload that goes to it.
    static func with(
        zipDirectory: String? = nil, zipOptions: ZipOptions = ZipOptions(),
        _ body: (CodDownload, WrittenStore, LoopbackStore, _ folder: String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cod-test-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let written = try SyntheticStudy(seed: 5, seriesCount: 2, instancesPerSeries: 3, rows: 32, columns: 32, cineFrameCount: 2)
            .write(to: StoreWriter(folder: "\(folder)/store", prefix: "my-prefix/with/dicomweb", bucket: "my-bucket"))
        let store = try LoopbackStore(bucketName: "my-bucket", folder: "\(folder)/store")
        store.rules.acceptedTokens = [token]
        let endpoint = try await store.start()
        var options = GCSOptions()
        options.endpoint = try StorageEndpoint(parsing: endpoint)
        let download = CodDownload(
            gcsOptions: options, zipDirectory: zipDirectory.map { "\(folder)/\($0)" }, zipOptions: zipOptions)
        do {
            try await body(download, written, store, folder)
        } catch {
            await store.stop()
            throw error
        }
        await store.stop()
    }

    @Test("The README's example: stats, a job, every callback, files on disk")
    func example() async throws {
        try await Self.with { codDownload, written, _, folder in
            try await codDownload.initDirectory("\(folder)/studies")
            codDownload.initBucket(
                BucketDetails(bucket: "my-bucket", bucketPrefix: "my-prefix/with/dicomweb", token: Self.token))
            let studyInstanceUIDs = [written.studies[0].uid]
            let stats = try await codDownload.getStats(studyInstanceUIDs)
            #expect(stats.totalSeriesCount == 3 && stats.totalSavedSeriesCount == 0)
            #expect(stats.totalSizeBytes == written.series.reduce(0) { $0 + $1.byteCount })

            let job = try await codDownload.download(studyInstanceUIDs)
            let calls = Tally()
            let downloaded = Mutex<[String: Int64]>([:])
            job.onProgress { fields in downloaded.withLock { $0[fields.url, default: 0] += fields.bytesDownloaded } }
            job.onDownload { fields in
                calls.note("download")
                #expect(fields.size > 0)
            }
            job.onExtract { fields in
                calls.note("extract")
                #expect(!fields.files.isEmpty)
            }
            job.onSave { fields in
                calls.note("save")
                #expect(FileManager.default.fileExists(atPath: "\(folder)/studies/\(fields.file.path)"))
            }
            job.onComplete { fields in
                calls.note("complete")
                #expect(fields.saved == 7 && fields.failed == 0 && fields.verified == 7)
            }
            job.onError { _ in calls.note("error") }
            let report = await job.start()
            #expect(report.isComplete)
            #expect(calls.counts == ["download": 3, "extract": 3, "save": 7, "complete": 1])
            #expect(Set(downloaded.withLock { $0.values }) == Set(written.series.map(\.archiveByteCount)))

            let again = try await codDownload.getStats(studyInstanceUIDs)
            #expect(again.totalSavedSeriesCount == 3 && again.transferSizeBytes == 0 && again.items.isEmpty)
        }
    }

    @Test("A link gets /dicomweb and gives its token; stats are computed afresh at every call")
    func link() async throws {
        try await Self.with { codDownload, written, store, folder in
            try await codDownload.initDirectory("\(folder)/studies")
            try codDownload.initBucket("https://my-domain.com/my-bucket/my-prefix/with?token=\(Self.token)&my-query=something")
            let first = try await codDownload.getStats([written.studies[0].uid, written.studies[0].uid])
            let second = try await codDownload.getStats([written.studies[0].uid])
            #expect(first == second && first.instanceCount == 7)
            #expect(store.log.allSatisfy { $0.token == Self.token })
        }
    }

    @Test("A folder that holds a copy of a store is a bucket too")
    func folder() async throws {
        try await Self.with { codDownload, written, store, folder in
            try await codDownload.initDirectory("\(folder)/studies")
            try codDownload.initBucket(written.studiesParentFolder)
            let report = await (try codDownload.download([written.studies[0].uid])).start()
            #expect(report.savedCount == 7 && report.verifiedCount == 7 && store.log.isEmpty)
        }
    }

    @Test("Without a folder or a bucket there is an error that says what to call")
    func order() async throws {
        let codDownload = CodDownload(prompt: { "somewhere" })
        await #expect { try await codDownload.getStats(["1.2"]) } throws: { "\($0)".contains("initDirectory") }
        // Without an argument it asks.
        try await codDownload.initDirectory()
        await #expect { try await codDownload.download(["1.2"]) } throws: { "\($0)".contains("initBucket") }
        #expect(throws: CodError.self) { try codDownload.initBucket("not a url") }
    }

    @Test("With zipOutput each study is zipped too, and one that had been saved before; without it none is")
    func zipOutput() async throws {
        try await Self.with(zipDirectory: "zips") { codDownload, written, _, folder in
            try await codDownload.initDirectory("\(folder)/studies")
            try codDownload.initBucket(written.studiesParentFolder)
            let study = written.studies[0].uid
            let zip = "\(folder)/zips/\(study).zip"
            #expect(await (try codDownload.download([study])).start().isComplete)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/zips"))
            for _ in 0..<2 {
                let job = try await codDownload.download([study], zipOutput: true)
                let told = Mutex<[String]>([])
                job.onEvent { event in
                    if case .archive(let fields) = event { told.withLock { $0.append("\(fields.study) \(fields.path)") } }
                }
                let report = await job.start()
                #expect(report.isComplete && report.skippedCount == 7 && report.studies[0].artifacts == [zip])
                #expect(told.withLock { $0 } == ["\(study) \(zip)"])
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/zips") == ["\(study).zip"])
        }
    }

    @Test("A study of which a series fails has no zip, or one that says so where that is allowed", arguments: [true, false])
    func incompleteZip(isAllowed: Bool) async throws {
        var options = ZipOptions()
        options.allowsPartial = isAllowed
        try await Self.with(zipDirectory: "zips", zipOptions: options) { codDownload, written, store, folder in
            try await codDownload.initDirectory("\(folder)/studies")
            codDownload.initBucket(
                BucketDetails(bucket: "my-bucket", bucketPrefix: "my-prefix/with/dicomweb", token: Self.token))
            store.script(matching: .object(name: written.series[0].archiveName), faults: [], thenAlways: .status(403))
            let report = await (try codDownload.download([written.studies[0].uid], zipOutput: true)).start()
            #expect(report.failures.map(\.code) == (isAllowed ? [.forbidden] : [.forbidden, .refused]))
            #expect(report.studies[0].artifacts.count == (isAllowed ? 1 : 0))
        }
    }

    @Test("A job may be cancelled, and a later one goes on from there")
    func cancellation() async throws {
        try await Self.with { codDownload, written, store, folder in
            try await codDownload.initDirectory("\(folder)/studies")
            codDownload.initBucket(
                BucketDetails(bucket: "my-bucket", bucketPrefix: "my-prefix/with/dicomweb", token: Self.token))
            let gate = LoopbackStore.Gate()
            store.script(
                matching: .object(name: written.series[1].archiveName), faults: [.stall(afterByteCount: 4096, until: gate)])
            let job = try await codDownload.download([written.studies[0].uid])
            let task = Task { await job.start() }
            await gate.arrival()
            task.cancel()
            let report = await task.value
            #expect(report.interruption?.isCancellation == true)
            let rest = await (try codDownload.download([written.studies[0].uid])).start()
            #expect(rest.isComplete && rest.savedCount + rest.skippedCount == 7)
        }
    }

    @Test(
        "Offsets that lie are found out: the series is read as a whole, every byte right",
        arguments: [512, -512, 1024, 10_240, 77])
    func lyingOffsets(shift: Int64) async throws {
        try await Self.with { codDownload, _, _, folder in
            var defects = SeriesDefects()
            defects.offsets = .shifted(by: shift)
            let written = try SyntheticStudy(seed: 6, instancesPerSeries: 5, rows: 24, columns: 24)
                .write(to: StoreWriter(folder: "\(folder)/lying"), defects: defects)
            try await codDownload.initDirectory("\(folder)/studies")
            try codDownload.initBucket("\(folder)/lying")
            let study = written.studies[0].uid
            let report = await (try codDownload.download([study])).start()
            #expect(report.failures.isEmpty && report.verifiedCount == 5)
            // And when only some are missing, the cut at a wrong place is healed too.
            for instance in written.instances.prefix(2) {
                let path = "\(folder)/studies/\(written.series[0].id)/instances/\(instance.uid).dcm"
                try FileManager.default.removeItem(atPath: path)
            }
            let again = await (try codDownload.download([study])).start()
            #expect(again.failures.isEmpty && again.verifiedCount == 2 && again.skippedCount == 3)
        }
    }
}

/// How often what was called.
private final class Tally: Sendable {
    private let state = Mutex<[String: Int]>([:])

    var counts: [String: Int] { state.withLock { $0 } }

    func note(_ name: String) { state.withLock { $0[name, default: 0] += 1 } }
}

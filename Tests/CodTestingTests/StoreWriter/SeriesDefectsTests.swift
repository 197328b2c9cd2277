import CodCore
import CodTesting
import Foundation
import Testing

@Suite struct SeriesDefectsTests {
    private let scratch: WriterScratch
    private let store: StoreWriter
    private let instances: [(uid: String, bytes: [UInt8])] = (1...3).map {
        ("1.2.\($0)", Array(repeating: UInt8($0), count: 600 * $0))
    }

    init() throws {
        scratch = try WriterScratch()
        store = StoreWriter(folder: scratch.path, prefix: "p")
    }

    private func write(_ change: (inout SeriesDefects) -> Void) throws -> (WrittenSeries, [String: [String: Any]], ParsedTar) {
        var defects = SeriesDefects.none
        change(&defects)
        let series = try store.writeSeries(study: "1", series: "2", instances: instances, defects: defects)
        return (series, try scratch.records(series.metadataName), try ParsedTar(scratch.bytes(series.archiveName)))
    }

    private func start(_ record: [String: Any]?) -> Int? { (record?["headers"] as? [String: Any])?["start_byte"] as? Int }

    @Test func `Without defects the given bytes are what the tar holds`() throws {
        let (series, records, tar) = try write { _ in }
        let bytes = try scratch.bytes(series.archiveName)
        #expect(tar.entries.map { Array(bytes[$0.range]) } == instances.map(\.bytes))
        #expect(records.count == 3)
        #expect(start(records["1.2.1"]) == 1536)
    }

    @Test func `Offsets, sizes and checksums can be null`() throws {
        let (series, records, tar) = try write {
            $0.offsets = .omitted
            $0.omitsSizes = true
            $0.omitsChecksums = true
        }
        for record in records.values {
            let headers = try #require(record["headers"] as? [String: Any])
            #expect(headers["start_byte"] is NSNull && headers["end_byte"] is NSNull)
            #expect(record["size"] is NSNull && record["crc32c"] is NSNull)
        }
        #expect(series.instances.map(\.byteOffset) == tar.entries.map { Int64($0.range.lowerBound) })
    }

    @Test func `Offsets can be wrong`() throws {
        let (_, records, tar) = try write { $0.offsets = .shifted(by: -512) }
        #expect(start(records["1.2.2"]) == tar.entries[1].range.lowerBound - 512)
    }

    @Test func `One instance's checksum can be wrong`() throws {
        let (series, records, _) = try write { $0.wrongChecksums = [1] }
        for (index, instance) in series.instances.enumerated() {
            #expect((records[instance.uid]?["crc32c"] as? String == instance.checksum.base64) == (index != 1))
        }
    }

    @Test func `An instance can be listed and not be there`() throws {
        let (series, records, tar) = try write { $0.missingEntries = [0] }
        #expect(records.count == 3)
        #expect(tar.entries.map(\.name) == ["instances/1.2.2.dcm", "instances/1.2.3.dcm"])
        #expect(series.instances.map { $0.byteOffset == nil } == [true, false, false])
    }

    @Test func `An entry can be there and not be listed`() throws {
        let (_, records, tar) = try write { $0.unlistedEntries = [("instances/9.dcm", [9]), ("../evil", [])] }
        #expect(records.keys.sorted() == ["1.2.1", "1.2.2", "1.2.3"])
        #expect(tar.entries.map(\.name).suffix(2) == ["instances/9.dcm", "../evil"])
    }

    @Test func `A lock and an error log can stand beside a series, or alone`() throws {
        _ = try write {
            $0.hasLock = true
            $0.hasErrorLog = true
        }
        try store.writeLock(study: "1", series: "3")
        try store.writeErrorLog(study: "1", series: "4", message: "bad")
        #expect(
            scratch.files == [
                "p/studies/1/series/2.tar", "p/studies/1/series/2/.gradient.lock", "p/studies/1/series/2/error.log",
                "p/studies/1/series/2/metadata.json", "p/studies/1/series/3/.gradient.lock", "p/studies/1/series/4/error.log",
            ])
        #expect(try scratch.bytes("p/studies/1/series/4/error.log") == Array("bad".utf8))
    }

    @Test(arguments: StoreWriter.MetadataEncoding.allCases)
    func `A series whose every instance failed has metadata without instances and no tar`(
        encoding: StoreWriter.MetadataEncoding
    ) throws {
        try StoreWriter(folder: scratch.path, metadataEncoding: encoding).writeEmptySeries(study: "1", series: "2")
        #expect(scratch.files == ["studies/1/series/2/metadata.json"])
        #expect(try scratch.records("studies/1/series/2/metadata.json").isEmpty)
        #expect(try scratch.metadata("studies/1/series/2/metadata.json")["series_uid"] as? String == "2")
    }

    @Test(arguments: ["", "..", "a/b", "../x", "a b"])
    func `Studies and series that would lead elsewhere are refused`(uid: String) {
        #expect(thrownCode { try store.writeSeries(study: uid, series: "1", instances: []) } == .invalidIdentifier)
        #expect(thrownCode { try store.writeLock(study: "1", series: uid) } == .invalidIdentifier)
        #expect(scratch.files == [])
    }

    @Test(arguments: ["", "/a", "a/", "a//b", "../a", "a/../b", "."])
    func `Objects whose names lead elsewhere are refused`(path: String) {
        #expect(thrownCode { try store.write([1], at: path) } == .invalidIdentifier)
        #expect(scratch.files == [])
    }
}

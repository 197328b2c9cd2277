import CodCore
import CodTesting
import Foundation
import Testing

@Suite struct GrowingSeriesTests {
    private let scratch: WriterScratch
    private let series: SyntheticSeries

    init() throws {
        scratch = try WriterScratch()
        let study = try SyntheticStudy(seed: 4, instancesPerSeries: 6, rows: 9, columns: 7, payload: .noise(byteCount: 777))
        series = try #require(study.series.first)
    }

    @Test(arguments: StoreWriter.MetadataEncoding.allCases, [1, 3, 5])
    func `A series that grew is the one that is written at once`(encoding: StoreWriter.MetadataEncoding, split: Int) throws {
        let grown = StoreWriter(folder: scratch.path, prefix: "grown", metadataVersion: .v1, metadataEncoding: encoding)
        let whole = StoreWriter(folder: scratch.path, prefix: "whole", metadataVersion: .v1, metadataEncoding: encoding)
        let first = try grown.write(series, instances: 0..<split)
        let second = try grown.write(series, instances: split..<6, appending: true)
        let all = try whole.write(series)
        #expect(first.instances + second.instances == all.instances)
        #expect(second.archiveByteCount == all.archiveByteCount)
        #expect(try scratch.bytes(second.archiveName) == scratch.bytes(all.archiveName))
        func text(_ name: String) throws -> String {
            let bytes = try scratch.bytes(name)
            #expect(bytes.starts(with: [0x1F, 0x8B]) == (encoding == .gzip))
            return String(decoding: encoding == .gzip ? try gunzip(bytes) : bytes, as: UTF8.self)
        }
        #expect(try text(second.metadataName).replacing("grown/", with: "whole/") == text(all.metadataName))
        #expect(scratch.files.count == 4)
    }

    @Test func `A series grows many times, by nothing too`() throws {
        let store = StoreWriter(folder: scratch.path)
        var written: WrittenSeries?
        for step in 0..<6 {
            _ = try store.write(series, instances: 0..<0, appending: true)
            written = try store.write(series, instances: step..<step + 1, appending: true)
        }
        let name = try #require(written?.archiveName)
        #expect(try ParsedTar(scratch.bytes(name)).entries.count == 6)
        #expect(try scratch.records(try #require(written?.metadataName)).count == 6)
    }

    @Test func `A series that was empty grows`() throws {
        let store = StoreWriter(folder: scratch.path)
        try store.writeEmptySeries(study: "1.2", series: "1.2.3")
        let written = try store.writeSeries(study: "1.2", series: "1.2.3", instances: [("1", [1, 2, 3])], appending: true)
        #expect(try scratch.records(written.metadataName).keys.sorted() == ["1"])
        #expect(written.instances.map(\.byteOffset) == [1536])
    }

    @Test func `Metadata that somebody else wrote is refused, and left as it is`() throws {
        let store = StoreWriter(folder: scratch.path)
        let path = "studies/1/series/2/metadata.json"
        for text in ["", "{", "{}", "{\"cod\": {}}", "\u{1F}"] {
            try store.write(Array(text.utf8), at: path)
            #expect(
                thrownCode {
                    try store.writeSeries(study: "1", series: "2", instances: [("3", [0])], appending: true)
                } == .damagedMetadata)
            #expect(try scratch.bytes(path) == Array(text.utf8))
        }
        try store.write([0x1F, 0x8B, 0, 0, 0], at: path)
        #expect(
            thrownCode {
                try store.writeSeries(study: "1", series: "2", instances: [("3", [0])], appending: true)
            } == .damagedMetadata)
    }
}

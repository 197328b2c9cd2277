import CodCore
import CodTesting
import Testing

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

@Suite struct SparseSeriesTests {
    private let scratch: WriterScratch
    private let store: StoreWriter

    init() throws {
        scratch = try WriterScratch()
        store = StoreWriter(folder: scratch.path)
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 262_144, 1_000_003])
    func `A tar with holes reads as the instances that were written`(byteCount: Int) throws {
        let study = try SyntheticStudy(seed: 5, instancesPerSeries: 3, rows: 8, columns: 8, payload: .zeros(byteCount: byteCount))
        let series = try #require(study.series.first)
        let written = try store.write(series)
        let bytes = try scratch.bytes(written.archiveName)
        #expect(Int64(bytes.count) == written.archiveByteCount)
        #expect(try ParsedTar(bytes).entries.count == 3)
        for (instance, place) in zip(series.instances, written.instances) {
            let offset = Int(try #require(place.byteOffset))
            #expect(bytes[offset..<offset + Int(place.byteCount)].elementsEqual(instance.bytes()))
        }
    }

    @Test func `A tar of zeros takes little room, and one of noise what it holds`() throws {
        func heldByteCount(_ payload: SyntheticStudy.Payload) throws -> (all: Int64, held: Int64) {
            let study = try SyntheticStudy(seed: 6, instancesPerSeries: 2, rows: 8, columns: 8, payload: payload)
            let written = try store.write(try #require(study.series.first))
            var status = stat()
            try #require(stat("\(scratch.path)/\(written.archiveName)", &status) == 0)
            return (written.archiveByteCount, Int64(status.st_blocks) * 512)
        }
        let zeros = try heldByteCount(.zeros(byteCount: 8 << 20))
        #expect(zeros.held < zeros.all / 4)
        let noise = try heldByteCount(.noise(byteCount: 8 << 20))
        #expect(noise.held >= noise.all / 2)
    }

    @Test func `A file that ends with a hole is as long as what was written`() throws {
        let written = try store.writeSeries(
            study: "1.2", series: "1.2.3", instances: [("1", [UInt8](repeating: 0, count: 1 << 20))])
        #expect(try Int64(scratch.bytes(written.archiveName).count) == written.archiveByteCount)
        let again = try store.writeSeries(
            study: "1.2", series: "1.2.3", instances: [("2", [UInt8](repeating: 0, count: 1 << 20))], appending: true)
        let bytes = try scratch.bytes(again.archiveName)
        #expect(Int64(bytes.count) == again.archiveByteCount)
        #expect(try ParsedTar(bytes).entries.count == 2)
    }
}

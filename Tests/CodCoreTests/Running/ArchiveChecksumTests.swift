import Testing

@testable import CodCore

@Suite("An archive that may hold instances without a checksum of their own is compared with the store's, as a whole")
struct ArchiveChecksumTests {
    private static let uids: Set = ["s0.0.0", "s0.0.1", "s0.0.2"]
    /// A byte of the body of the second of three instances.
    private static let place = 2 * "instances/s0.0.0.dcm 20\n".utf8.count + 20 + 5

    /// The second instance has no checksum, or is in the archive alone.
    private static func store(isListed: Bool, sumsArchives: Bool = true) -> MemoryStore {
        let uid: Set = ["s0.0.1"]
        return MemoryStore(
            studies: [[3]], bare: isListed ? uid : [], unlisted: isListed ? [] : uid, sumsArchives: sumsArchives)
    }

    @Test("A byte that goes wrong on the way is noticed, and the archive read once more", arguments: [true, false])
    func heals(isListed: Bool) async {
        let store = Self.store(isListed: isListed)
        let fetcher = MemoryFetcher(objects: store.objects, openings: [.damages(at: Self.place)])
        let sink = MemorySink()
        let (report, events) = await JobTests.run(store, fetcher: fetcher, sink: sink)
        #expect(report.isComplete && report.savedCount == 3 && report.verifiedCount == 2)
        #expect(sink.saved["s0.0.1"] == (0..<20).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 1) })
        #expect(sink.calls.contains("takeBack [\"s0.0.1\"]"))
        // What its own checksum confirmed is not saved again.
        #expect(sink.written == ["s0.0.0", "s0.0.1", "s0.0.2", "s0.0.1"])
        #expect(fetcher.opened == ["s0/s0.0@0", "s0/s0.0@0"])
        #expect(events.count { $0 == "save" } == 3 && events.count { $0 == "extract" } == 1 && !events.contains("error"))
    }

    @Test("Bytes that stay wrong fail the series by name; what no checksum confirms is taken back", arguments: [true, false])
    func staysDamaged(isListed: Bool) async throws {
        let store = Self.store(isListed: isListed)
        let damage = MemoryFetcher.Opening.damages(at: Self.place)
        let fetcher = MemoryFetcher(objects: store.objects, openings: [damage, damage])
        let sink = MemorySink()
        let (report, events) = await JobTests.run(store, fetcher: fetcher, sink: sink)
        let failure = try #require(report.failures.first)
        #expect(report.failures.count == 1 && failure.code == .checksumMismatch)
        #expect(failure.series == "s0.0" && failure.instance == nil)
        let expected = try #require(store.plan.series.compactMap(\.archive?.checksum).first)
        #expect(failure.message.contains("memory://s0/s0.0.tar") && failure.message.contains("\(expected)"))
        #expect(Set(sink.saved.keys) == Self.uids.subtracting(["s0.0.1"]))
        #expect(report.savedCount == 2 && report.failedCount == 1 && report.verifiedCount == 2)
        #expect(fetcher.opened.count == 2 && events.count { $0 == "save" } == 2)
    }

    @Test("A damaged name of an entry hides no instance")
    func damagedName() async {
        let store = Self.store(isListed: false)
        let name = "instances/s0.0.0.dcm 20\n".utf8.count + 20 + "instances/s".utf8.count
        let fetcher = MemoryFetcher(objects: store.objects, openings: [.damages(at: name)])
        let sink = MemorySink()
        let (report, _) = await JobTests.run(store, fetcher: fetcher, sink: sink)
        #expect(report.isComplete && Set(sink.saved.keys) == Self.uids && fetcher.opened.count == 2)
    }

    @Test("A checksum of the archive goes on over broken connections")
    func reconnects() async {
        let store = Self.store(isListed: true)
        let openings: [MemoryFetcher.Opening] = [.breaks(after: 21), .breaks(after: 14)]
        let fetcher = MemoryFetcher(objects: store.objects, openings: openings)
        let (report, _) = await JobTests.run(store, fetcher: fetcher)
        #expect(report.isComplete && report.savedCount == 3 && fetcher.opened.count == 3)
    }

    @Test("It is not compared where the store lists none, or nobody wants it", arguments: [true, false])
    func notCompared(sumsArchives: Bool) async {
        let store = Self.store(isListed: true, sumsArchives: sumsArchives)
        let fetcher = MemoryFetcher(objects: store.objects, openings: [.damages(at: Self.place)])
        var options = JobTests.options()
        options.verifiesArchives = !sumsArchives
        let (report, events) = await JobTests.run(store, fetcher: fetcher, options: options)
        #expect(report.isComplete && report.savedCount == 3 && report.verifiedCount == 2 && fetcher.opened.count == 1)
        #expect(events.count { $0 == "save" } == 3)
    }

    @Test("It is in doubt only for a whole archive in which something may have no checksum of its own")
    func inDoubt() {
        let sum = CRC32C(7)
        let archive = Archive(
            series: SeriesID(study: "s", series: "x"), url: "u", objectName: "o", byteCount: 2048, checksum: sum)
        func doubt(_ instances: [PlannedInstance], _ range: Range<Int64>? = 0..<2048, unlisted: Bool = false) -> CRC32C? {
            Portion(archive: archive, byteRange: range, instances: instances, keepsUnlisted: unlisted).checksumInDoubt
        }
        let (bare, summed) = (PlannedInstance(uid: "1"), PlannedInstance(uid: "1", checksum: CRC32C(1)))
        let placed = PlannedInstance(uid: "1", byteCount: 512, checksum: CRC32C(1), dataOffset: 512)
        #expect(doubt([bare]) == sum && doubt([bare], nil) == sum && doubt([bare], 0..<1024) == nil)
        #expect(doubt([summed]) == nil && doubt([summed], unlisted: true) == sum && doubt([], unlisted: true) == sum)
        // Known to the last byte: nothing that is not listed has room.
        #expect(doubt([placed], unlisted: true) == nil)
    }
}

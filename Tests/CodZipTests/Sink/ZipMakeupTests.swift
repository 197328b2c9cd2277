import CodCore
import Testing

@testable import CodZip

@Suite("What a study's zip is made of")
struct ZipMakeupTests {
    private let time = ZipTime(secondsSince1970: 1_600_000_000)

    private func entry(_ uid: String, seed: UInt32 = 1, name: String? = nil) -> ZipEntry {
        ZipEntry(
            name: name ?? "4.5/instances/\(uid).dcm", method: .stored, byteCount: 1000, packedByteCount: 1000, crc32: CRC32(seed),
            checksum: CRC32C(seed), modified: time)
    }

    /// Entries one behind the other.
    private func contents(_ entries: [ZipEntry]) -> ZipContents {
        var contents = ZipContents()
        for entry in entries { contents.add(contents.reserve(entry)) }
        return contents
    }

    private func study(_ uids: [String], seed: UInt32 = 1, isComplete: Bool = true) -> SavedStudy {
        let id = SeriesID(study: "1.2.3", series: "4.5")
        let instances = uids.map {
            SavedInstance(
                instance: Instance(series: id, uid: $0, byteCount: 1000, checksum: CRC32C(seed)), path: "", root: "",
                checksum: CRC32C(seed))
        }
        let failures = isComplete ? [] : [CodError(.truncated, "Made to fail.")]
        return SavedStudy(uid: "1.2.3", series: [SavedSeries(id: id, instances: instances, failures: failures)])
    }

    private func makeup(
        _ study: SavedStudy, _ progress: [ZipEntry], _ finished: [ZipEntry]?, timestamp: ZipTime? = nil
    ) throws -> ZipMakeup {
        let contents = contents(progress)
        return try ZipMakeup(
            of: study, progress: contents.places, byteCount: contents.byteCount,
            finished: finished.map { self.contents($0).places }, timestamp: timestamp)
    }

    @Test("is the finished zip, where that has all, also what is left over of a run that was killed in the last moment")
    func keep() throws {
        let all = [entry("1"), entry("2")]
        #expect(try makeup(study(["1"]), [], all).way(hasNewReport: false) == .keep)
        #expect(try makeup(study(["1"]), [], all).way(hasNewReport: true) == .complete)
        #expect(try makeup(study(["1", "2"]), all, all).way(hasNewReport: false) == .keep)
        #expect(try makeup(study([]), [], []).way(hasNewReport: false) == .keep)
        #expect(try makeup(study([]), [], nil).way(hasNewReport: false) == .complete)
    }

    @Test("is what came, with what there was before behind it")
    func complete() throws {
        let made = try makeup(study(["1", "2"]), [entry("2")], [entry("1"), entry("", name: "notes.txt")])
        #expect(made.way(hasNewReport: false) == .complete)
        #expect(made.parts.map(\.place.entry.name) == ["4.5/instances/2.dcm", "4.5/instances/1.dcm", "notes.txt"])
    }

    @Test("drops the report of what was missing")
    func report() throws {
        let finished = [entry("1"), entry("", name: IncompleteEntry.name)]
        let whole = try makeup(study(["1"]), [], finished)
        #expect(whole.way(hasNewReport: false) == .complete)
        #expect(whole.parts.count == 1)
        #expect(try makeup(study(["1"], isComplete: false), [], finished).way(hasNewReport: false) == .keep)
    }

    @Test("takes of two versions the one that was saved")
    func versions() throws {
        let (old, new) = (entry("1"), entry("1", seed: 2))
        #expect(try makeup(study(["1"], seed: 2), [new], [old]).parts.map(\.origin) == [.progress])
        #expect(try makeup(study(["1"], seed: 1), [new], [old]).parts.map(\.origin) == [.finished])
        #expect(throws: CodError.self) { try makeup(study(["1"], seed: 3), [new], [old]) }
        #expect(throws: CodError.self) { try makeup(study(["2"]), [new], nil) }
    }

    @Test("is copied into the order of its names with a timestamp, where it is in another or has another time")
    func order() throws {
        let (one, two) = (entry("1"), entry("2"))
        func way(_ progress: [ZipEntry], _ finished: [ZipEntry]?, _ timestamp: ZipTime?) throws -> ZipMakeup.Way {
            let uids = [("1", one), ("2", two)].filter { progress.contains($0.1) }.map(\.0)
            return try makeup(study(uids), progress, finished, timestamp: timestamp).way(hasNewReport: false)
        }
        #expect(try way([one, two], nil, time) == .complete)
        #expect(try way([two, one], nil, time) == .copy)
        #expect(try way([two, one], nil, nil) == .complete)
        #expect(try way([one, two], nil, .earliest) == .copy)
        #expect(try way([one], [two], time) == .complete)
        #expect(try way([two], [one], time) == .copy)
    }

    @Test("has of the zip in progress what was asked for, and what is known to be all of a series; the rest stays there")
    func others() throws {
        var confirmed = entry("2")
        confirmed.archiveChecksum = CRC32C(7)
        let other = entry("", name: "4.6/instances/9.dcm")
        for (progress, names) in [
            ([entry("1"), entry("2")], ["1"]), ([entry("1"), confirmed], ["1", "2"]), ([entry("1"), other], ["1"]),
        ] {
            let made = try makeup(study(["1"]), progress, nil)
            #expect(made.parts.map(\.place.entry.name) == names.map { "4.5/instances/\($0).dcm" })
            #expect(made.leavesProgress == (names.count < progress.count))
            #expect(made.way(hasNewReport: false) == (made.leavesProgress ? .copy : .complete))
        }
    }

    @Test("is copied where most of it is gaps, and else tells where they are")
    func gaps() throws {
        var contents = contents([entry("1"), entry("2"), entry("3"), entry("4"), entry("5"), entry("6")])
        let removed = try #require(contents.places["4.5/instances/2.dcm"])
        contents.remove(removed.entry.name)
        func makeup(_ timestamp: ZipTime?) throws -> ZipMakeup {
            try ZipMakeup(
                of: study(["1", "3", "4", "5", "6"].filter { contents.places["4.5/instances/\($0).dcm"] != nil }),
                progress: contents.places, byteCount: contents.byteCount, finished: nil, timestamp: timestamp)
        }
        #expect(try makeup(nil).way(hasNewReport: false) == .complete)
        #expect(try makeup(nil).gaps == [removed.offset..<removed.endOffset])
        #expect(try makeup(time).way(hasNewReport: false) == .copy)
        contents.remove("4.5/instances/6.dcm")
        #expect(try makeup(nil).gaps.last?.upperBound == contents.byteCount)
        #expect(try makeup(nil).way(hasNewReport: false) == .copy)
    }

    @Test("lies where places that could not be written are handed out again")
    func giveBack() {
        var contents = ZipContents()
        let first = contents.reserve(entry("1"))
        let second = contents.reserve(entry("2"))
        contents.giveBack(first)
        #expect(contents.byteCount == second.endOffset)
        contents.giveBack(second)
        #expect(contents.byteCount == second.offset)
        #expect(contents.places.isEmpty)
    }
}

import CodCore
import CodTesting
import Foundation
import Testing

@Suite("Content that is wrong: the instance or series concerned heals or fails by name, and the rest is saved")
struct ContentFaultTests {
    static func download(_ store: ServedStore, _ more: String...) async throws -> CommandRun {
        try await CommandRun.cod(
            ["download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint] + more)
    }

    // MARK: The archive

    @Test("fault 20: a byte that goes wrong on the way costs one instance's bytes once more")
    func corruptedInTransit() async throws {
        try await ServedStore.with(instancesPerSeries: 12) { store in
            let series = store.written.series[0]
            let hit = series.instances[5]
            store.server.script(
                matching: .object(name: series.archiveName), faults: [.corrupt(atByte: try #require(hit.byteOffset) + 300)])
            let run = try await Self.download(store)
            run.expect(0, naming: "all verified")
            #expect(try store.scratch.files(in: "out") == store.files())
            let reads = store.reads(of: series)
            #expect(reads.count == 2 && reads[0].byteCount == series.archiveByteCount)
            #expect(reads[1].byteCount >= hit.byteCount && reads[1].byteCount < hit.byteCount + 64 << 10)
            // The same generation, both times.
            #expect(Set(reads.map { $0.query["ifGenerationMatch"] ?? $0.query["generation"] }).count == 1)
        }
    }

    @Test("fault 20: bytes that stay wrong lose that instance alone, by name, and leave nothing under its name")
    func corruptedForGood() async throws {
        try await ServedStore.with(instancesPerSeries: 12) { store in
            let series = store.written.series[0]
            let hit = series.instances[5]
            store.server.script(
                matching: .object(name: series.archiveName), faults: [],
                thenAlways: .corrupt(atByte: try #require(hit.byteOffset) + 300))
            let run = try await Self.download(store)
            run.expect(
                1, naming: "\(series.id)/\(hit.uid): The crc32c of the instance's \(hit.byteCount) bytes is", "metadata says")
            #expect(try store.scratch.files(in: "out") == store.files().filter { !$0.key.hasSuffix("/\(hit.uid).dcm") })
            #expect(store.reads(of: series).count == 2)
            #expect(!FileManager.default.fileExists(atPath: store.scratch.path("out/.cod/partial")))
        }
    }

    @Test("fault 28: what a run without verification saved is compared by the next one that verifies, and mended")
    func unverifiedBefore() async throws {
        try await ServedStore.with(instancesPerSeries: 12) { store in
            let series = store.written.series[0]
            let hit = series.instances[5]
            store.server.script(
                matching: .object(name: series.archiveName), faults: [.corrupt(atByte: try #require(hit.byteOffset) + 300)])
            (try await Self.download(store, "--no-verify")).expect(0, naming: "none verified")
            #expect(try store.scratch.files(in: "out") != store.files())
            store.server.clearLog()
            let run = try await Self.download(store)
            run.expect(0, naming: "\(hit.uid).dcm is not what the store holds", "Saved 1 instance")
            #expect(try store.scratch.files(in: "out") == store.files())
            #expect(store.archiveByteCount < hit.byteCount + 64 << 10)
        }
    }

    @Test("fault 22: a composite object, which has no md5, is verified without a word")
    func noMD5() async throws {
        try await ServedStore.with { store in
            store.server.script(
                matching: .requests(where: \.isArchiveRead), faults: [],
                thenAlways: .headers(["x-goog-hash": "crc32c=AAAAAA==", "x-goog-component-count": "3"]))
            let run = try await Self.download(store)
            run.expect(0, naming: "all verified")
            #expect(try store.scratch.files(in: "out") == store.files())
            #expect(
                run.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("Saved ") || $0.contains("series") }, "\(run.errors)")
        }
    }

    @Test("fault 26: instances that the metadata lists and the archive does not hold are named; the others are kept")
    func missingEntries() async throws {
        let store = try OneSeriesStore(Self.defects { $0.missingEntries = [1, 3] })
        let written = store.written
        let run = try await store.download()
        run.expect(1, naming: "1 series\n  \(written.id)")
        for index in [1, 3] {
            run.expect(1, naming: "\(written.id)/\(written.instances[index].uid): The metadata lists the instance")
        }
        #expect(try store.saved() == store.expected(written, [0, 2, 4]))
    }

    @Test("fault 27: an entry that the metadata does not list is kept, with a warning, and compared with the archive as a whole")
    func unlistedEntries() async throws {
        let bytes = [UInt8](repeating: 9, count: 3_000)
        let store = try OneSeriesStore(Self.defects { $0.unlistedEntries = [("instances/1.2.3.66.99.dcm", bytes)] })
        let written = store.written
        let run = try await store.download()
        run.expect(0, naming: "metadata does not list: 1", "5 verified, 1 not: they have")
        let extra = ["\(written.id)/instances/1.2.3.66.99.dcm": Data(bytes)]
        #expect(try store.saved() == store.expected(written).merging(extra) { $1 })
    }

    @Test(
        "fault 27: what becomes of an unlisted instance on disk is found by verification, mended by a download, and told once",
        arguments: [true, false])
    func unlistedLost(isDeleted: Bool) async throws {
        let bytes = [UInt8](repeating: 9, count: 30_000)
        let store = try OneSeriesStore(Self.defects { $0.unlistedEntries = [("instances/1.2.3.66.99.dcm", bytes)] })
        let output = store.scratch.path("out")
        let name = "\(store.written.id)/instances/1.2.3.66.99.dcm"
        (try await store.download()).expect(0, naming: "5 verified, 1 not")
        (try await store.download()).expect(0, naming: "Nothing is missing")
        if isDeleted {
            try FileManager.default.removeItem(atPath: "\(output)/\(name)")
        } else {
            try Data(bytes.dropLast() + [8]).write(to: URL(fileURLWithPath: "\(output)/\(name)"))
        }
        (try await CommandRun.cod(["verify", output])).expect(1, naming: "1.2.3.66.99.dcm")
        (try await store.download()).expect(0, naming: "Saved 1 instance")
        #expect(try store.saved() == store.expected(store.written).merging([name: Data(bytes)]) { $1 })
        (try await CommandRun.cod(["verify", output])).expect(0)
        (try await store.download()).expect(0, naming: "Nothing is missing")
    }

    @Test("fault 27: a run that ended before the unlisted instances came is completed by the next")
    func unlistedLate() async throws {
        let bytes = [UInt8](repeating: 9, count: 30_000)
        let store = try OneSeriesStore(Self.defects { $0.unlistedEntries = [("instances/1.2.3.66.99.dcm", bytes)] })
        let name = "\(store.written.id)/instances/1.2.3.66.99.dcm"
        (try await store.download()).expect(0)
        // As a kill leaves it: the file is not there, and nothing was noted of it or of the series' end.
        try FileManager.default.removeItem(atPath: store.scratch.path("out/\(name)"))
        let records = URL(fileURLWithPath: store.scratch.path("out/.cod/records/\(store.written.id).txt"))
        let lines = try String(contentsOf: records, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 7)
        let kept = lines.filter { !$0.hasPrefix("1.2.3.66.99 ") && !$0.hasSuffix(" complete") }
        try Data(kept.map { "\($0)\n" }.joined().utf8).write(to: records)
        (try await store.download()).expect(0, naming: "Saved 1 instance")
        #expect(try store.saved() == store.expected(store.written).merging([name: Data(bytes)]) { $1 })
    }

    @Test("fault 21: instances without any checksum that no record vouches for are read and recorded, once")
    func unrecordedWithoutChecksums() async throws {
        let store = try OneSeriesStore(Self.defects { $0.omitsChecksums = true })
        let output = store.scratch.path("out")
        let arguments = ["download", "\(store.writer.folder)/dicomweb", store.written.id.study, "-o", output]
        (try await CommandRun.cod(arguments)).expect(0, naming: "none verified")
        try FileManager.default.removeItem(atPath: "\(output)/.cod/records")
        (try await CommandRun.cod(["verify", output])).expect(1)
        (try await CommandRun.cod(arguments)).expect(0, naming: "Nothing is missing")
        (try await CommandRun.cod(["verify", output])).expect(0)
        try Data([1]).write(to: URL(fileURLWithPath: "\(output)/\(store.written.id)/instances/1.2.3.66.1.dcm"))
        (try await CommandRun.cod(["verify", output])).expect(1, naming: "1.2.3.66.1")
    }

    @Test("fault 21: a damaged byte in a run that did not end is found by the next, where only the archive has a checksum")
    func damageBeforeTheEnd() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            var defects = SeriesDefects.none
            defects.omitsChecksums = true
            let bytes = (0..<4).map { number in (0..<9_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) } }
            let bare = try store.written.writer.writeSeries(
                study: store.study, series: "1.2.77", instances: bytes.enumerated().map { (uid: "1.2.77.\($0)", bytes: $1) },
                defects: defects)
            let place = try #require(bare.instances[0].byteOffset) + 100
            let end = try #require(bare.instances[3].byteOffset) + 100
            // The first instances come, one of them damaged; then nobody has the rights any more.
            store.server.script(
                matching: .object(name: bare.archiveName),
                faults: [.all([.corrupt(atByte: place), .close(afterByteCount: end)])], thenAlways: .status(403))
            (try await store.fetch()).expect(1, naming: "1.2.77")
            store.server.clearScripts()
            store.server.clearLog()
            (try await store.fetch()).expect(0, naming: "Saved 4 instances")
            let saved = try store.scratch.files(in: "out")
            for (number, bytes) in bytes.enumerated() {
                #expect(saved["\(bare.id)/instances/1.2.77.\(number).dcm"] == Data(bytes), "\(number)")
            }
            #expect(store.reads(of: bare).map(\.byteCount) == [bare.archiveByteCount])
        }
    }

    @Test("fault 28: an instance whose checksum is not the metadata's fails after a second look; the others are saved")
    func wrongChecksum() async throws {
        let store = try OneSeriesStore(Self.defects { $0.wrongChecksums = [2] })
        let written = store.written
        let run = try await store.download()
        run.expect(1, naming: "\(written.id)/\(written.instances[2].uid)", "crc32c", "metadata says")
        #expect(run.errors.components(separatedBy: "crc32c of").count == 2 && !run.errors.contains("locked"))
        #expect(try store.saved() == store.expected(written, [0, 1, 3, 4]))
    }

    @Test("fault 28: an instance whose size is not the metadata's fails by name, offsets or not", arguments: [true, false])
    func wrongSize(hasOffsets: Bool) async throws {
        let store = try OneSeriesStore(Self.defects { $0.offsets = hasOffsets ? .right : .omitted })
        let written = store.written
        try store.editMetadata { $0.replacing(/"size": ?4800/, with: "\"size\": 17") }
        let run = try await store.download()
        run.expect(
            1, naming: "\(written.id)/\(written.instances[4].uid)", "\(written.instances[4].byteCount) bytes", "says 17")
        #expect(try store.saved() == store.expected(written, [0, 1, 2, 3]))
    }

    // MARK: The metadata

    @Test("fault 19: an archive without metadata fails its series by name; the others are saved")
    func noMetadata() async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            store.server.remove(bad.metadataName)
            let run = try await Self.download(store)
            run.expect(1, naming: "\(bad.id): The series has an archive", "no metadata.json")
            #expect(try store.scratch.files(in: "out") == store.files(except: bad))
            #expect(store.reads(of: bad).isEmpty)
        }
    }

    @Test("fault 23: a page in place of metadata.json is read once more, and lost if it was the only one")
    func pageOnce() async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            store.server.script(matching: .object(name: bad.metadataName), faults: [.status(200, body: Self.page)])
            let run = try await Self.download(store)
            run.expect(0, naming: "all verified")
            #expect(try store.scratch.files(in: "out") == store.files())
            #expect(store.server.log.count { $0.objectName == bad.metadataName } == 2)
        }
    }

    @Test("fault 23: a page that stays in place of metadata.json is shown by size and beginning, without the token")
    func pageForGood() async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            store.server.script(
                matching: .object(name: bad.metadataName), faults: [], thenAlways: .status(200, body: Self.page))
            let run = try await Self.download(store)
            run.expect(
                1, naming: "\(bad.id): The series' metadata.json cannot be read: it is no JSON object. It begins with \"<html>",
                "Of it \(Self.page.utf8.count) bytes were read")
            #expect(try store.scratch.files(in: "out") == store.files(except: bad))
            #expect(store.server.log.count { $0.objectName == bad.metadataName } == 2)
        }
    }

    @Test("fault 23: a metadata.json that arrives damaged is read once more", arguments: [true, false])
    func damagedMetadata(isOnce: Bool) async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            let fault = LoopbackStore.Fault.corrupt(atByte: 60)
            store.server.script(
                matching: .object(name: bad.metadataName), faults: isOnce ? [fault] : [], thenAlways: isOnce ? nil : fault)
            let run = try await Self.download(store)
            if isOnce {
                run.expect(0, naming: "all verified")
            } else {
                run.expect(1, naming: "\(bad.id): ", "metadata.json", "bytes")
            }
            #expect(try store.scratch.files(in: "out") == (isOnce ? store.files() : store.files(except: bad)))
            #expect(store.server.log.count { $0.objectName == bad.metadataName } == 2)
        }
    }

    // MARK: Locked series

    @Test("A locked or bad series is fetched with a warning, and a mismatch in it says so", arguments: [true, false])
    func doubtfulSeries(isLocked: Bool) async throws {
        let store = try OneSeriesStore(
            Self.defects { ($0.wrongChecksums, $0.hasLock, $0.hasErrorLog) = ([2], isLocked, !isLocked) })
        let written = store.written
        let run = try await store.download()
        let words = isLocked ? "is locked" : "has an error log"
        run.expect(1, naming: "cod: Series \(written.id) \(words)", "The series \(words)", "it may be being rewritten")
        #expect(try store.saved() == store.expected(written, [0, 1, 3, 4]))
        let stats = try await store.run("stats")
        #expect(stats.output.contains(isLocked ? ", locked" : ", error log"))
    }

    @Test("--skip-locked leaves such series out, by name, and is no failure", arguments: ["--skip-locked", "COD_SKIP_LOCKED"])
    func skipLocked(form: String) async throws {
        let store = try OneSeriesStore(Self.defects { ($0.wrongChecksums, $0.hasLock) = ([2], true) })
        let written = store.written
        let isFlag = form.hasPrefix("--")
        let environment = isFlag ? [:] : [form: "1"]
        let run = try await store.run("download", isFlag ? [form] : [], environment: environment)
        run.expect(0, naming: "Series \(written.id) is left out: it is locked")
        #expect(try store.saved().isEmpty && run.errors.contains("There is nothing to save"))
        let stats = try await store.run("stats", ["--json"] + (isFlag ? [form] : []), environment: environment)
        stats.expect(0, naming: "Series \(written.id) is left out: it is locked")
        #expect(stats.output.contains("\"instanceCount\":0"))
        // Asked for by name it is left out all the same, and no failure.
        let named = try await store.run("download", ["--skip-locked", "--series", written.id.series])
        named.expect(0, naming: "is left out")
    }

    private static let page = "<html>\(ServedStore.token)<body>Please log in with \(ServedStore.token)</body></html>"

    /// What is wrong with the series.
    private static func defects(_ spoil: (inout SeriesDefects) -> Void) -> SeriesDefects {
        var defects = SeriesDefects.none
        spoil(&defects)
        return defects
    }
}

import CodCore
import CodTesting
import Foundation
import Testing

@Suite("metadata.json in every form, and archives that nobody has a checksum of", .timeLimit(.minutes(5)))
struct MetadataFaultTests {
    @Test(
        "fault 21: where the store gives no checksums, each instance's own decides; a damaged byte is still found",
        arguments: [false, true])
    func withoutStoreChecksums(isDamaged: Bool) async throws {
        try await ServedStore.withLargeArchive { store in
            store.server.rules.largestSummedByteCount = 0
            let archive = try store.largest
            let instance = archive.instances[5]
            let cut = LoopbackStore.Fault.close(afterByteCount: archive.archiveByteCount / 2)
            let offset = try #require(instance.byteOffset) + 1000
            store.server.script(
                matching: .object(name: archive.archiveName), faults: [cut],
                thenAlways: isDamaged ? .corrupt(atByte: offset) : nil)
            let run = try await store.fetch()
            guard isDamaged else { return try store.expectWhole(run) }
            run.expect(1, naming: instance.uid, "crc32c", "1 series\n  \(archive.id)\n")
            let others = try store.files().filter { !$0.key.hasSuffix("\(instance.uid).dcm") }
            #expect(try store.scratch.files(in: "out") == others)
        }
    }

    @Test("fault 21: where nobody has a checksum, sizes and the tar's own structure decide, and the run says so")
    func withoutChecksums() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            store.server.rules.largestSummedByteCount = 0
            var defects = SeriesDefects.none
            defects.omitsChecksums = true
            let bytes = [[1, 2, 3], [UInt8](repeating: 7, count: 5000)]
            let bare = try store.written.writer.writeSeries(
                study: store.study, series: "1.2.77",
                instances: zip(["1.2.77.1", "1.2.77.2"], bytes).map { (uid: $0, bytes: $1) },
                defects: defects)
            let run = try await store.fetch()
            run.expect(0, naming: "5 verified, 2 not: they have no checksum of their own")
            var expected = try store.files()
            for (index, uid) in ["1.2.77.1", "1.2.77.2"].enumerated() {
                expected["\(store.study)/1.2.77/instances/\(uid).dcm"] = Data(bytes[index])
            }
            #expect(try store.scratch.files(in: "out") == expected)

            // Cut short in the store itself, which no checksum tells either.
            let archive = try Data(contentsOf: URL(fileURLWithPath: store.scratch.path("store/\(bare.archiveName)")))
            try store.server.overwrite(bare.archiveName, archive.prefix(Int(try #require(bare.instances[1].byteOffset)) + 100))
            try FileManager.default.removeItem(atPath: store.scratch.path("out/\(store.study)/1.2.77"))
            let cut = try await store.fetch()
            cut.expect(1, naming: "1.2.77", "1 series\n")
            #expect(try store.scratch.files(in: "out").keys.contains { $0.hasSuffix("1.2.77.2.dcm") } == false)
        }
    }

    @Test(
        "fault 21: where only the archive as a whole has a checksum, a damaged byte is read again, and never kept",
        arguments: [false, true])
    func withArchiveChecksumOnly(staysDamaged: Bool) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            var defects = SeriesDefects.none
            defects.omitsChecksums = true
            let bytes = [[UInt8](repeating: 5, count: 3000), [UInt8](repeating: 7, count: 5000)]
            let uids = ["1.2.77.1", "1.2.77.2"]
            let bare = try store.written.writer.writeSeries(
                study: store.study, series: "1.2.77", instances: zip(uids, bytes).map { (uid: $0, bytes: $1) }, defects: defects)
            let damage = LoopbackStore.Fault.corrupt(atByte: try #require(bare.instances[0].byteOffset) + 100)
            store.server.script(
                matching: .object(name: bare.archiveName), faults: [damage], thenAlways: staysDamaged ? damage : nil)
            let run = try await store.fetch()
            var expected = try store.files()
            if staysDamaged {
                run.expect(1, naming: "1.2.77", "\(bare.archiveName) arrived with the crc32c", "the store lists", "1 series\n")
            } else {
                run.expect(0, naming: "5 verified, 2 not: they have no checksum of their own")
                for (uid, bytes) in zip(uids, bytes) { expected["\(bare.id)/instances/\(uid).dcm"] = Data(bytes) }
            }
            #expect(try store.scratch.files(in: "out") == expected)
            #expect(store.reads(of: bare).map(\.byteCount) == [bare.archiveByteCount, bare.archiveByteCount])

            let verification = try await CommandRun.cod(["verify", store.scratch.path("out")])
            verification.expect(0, naming: "all whole", "Verified \(staysDamaged ? 5 : 7) instances")
            #expect(!verification.errors.contains("never been compared"))
        }
    }

    @Test(
        "fault 25: metadata.json is the same packed, unpacked on the way, packed without saying so, and plain",
        arguments: StoreWriter.MetadataVersion.allCases)
    func packing(version: StoreWriter.MetadataVersion) async throws {
        try await ServedStore.with(version: version) { store in
            let series = store.written.series
            try #require(series.count == 4)
            // The first comes as it is stored: packed, and says so. A proxy unpacks the second on the way.
            store.server.script(
                matching: .object(name: series[1].metadataName), faults: [], thenAlways: .ignoreAcceptEncoding)
            let packed = try Data(contentsOf: URL(fileURLWithPath: store.scratch.path("store/\(series[2].metadataName)")))
            #expect(packed.starts(with: [0x1F, 0x8B]))
            store.server.put(series[2].metadataName, packed)
            let folder = store.scratch.path("plain")
            try await CommandRun.unpack(
                store.scratch.path("store/\(series[3].metadataName)"), to: folder)
            let plain = try Data(contentsOf: URL(fileURLWithPath: folder))
            #expect(plain.starts(with: Data("{".utf8)))
            store.server.put(series[3].metadataName, plain)

            try store.expectWhole(try await store.fetch())
            // The second really came unpacked, in one go.
            let stored = try Data(contentsOf: URL(fileURLWithPath: store.scratch.path("store/\(series[1].metadataName)")))
            let reads = store.requests(for: series[1].metadataName)
            #expect(reads.map(\.status) == [200] && reads.allSatisfy { $0.byteCount > stored.count })
        }
    }

    @Test("fault 25: metadata.json that is unpacked on the way and breaks off is not taken for whole", arguments: [50, 500])
    func unpackedAndCut(byteCount: Int64) async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            let bad = try store.largest
            store.server.script(
                matching: .object(name: bad.metadataName),
                faults: [], thenAlways: .all([.ignoreAcceptEncoding, .close(afterByteCount: byteCount)]))
            let run = try await store.fetch()
            run.expect(1, naming: bad.id.description)
            let others = try store.files().filter { !$0.key.hasPrefix("\(bad.id)/") }
            #expect(try store.scratch.files(in: "out") == others)
        }
    }

    @Test("fault 29: a store that knows studies, series and instances by hashes is retrieved by them")
    func hashed() async throws {
        try await ServedStore.with(hashed: true) { store in
            #expect(store.study.count == 64)
            try store.expectWhole(try await store.fetch())
        }
    }

    @Test("fault 29: metadata.json that lists an instance twice fails its series, whatever it says of it")
    func listedTwice() async throws {
        for second in ["{}", #"{"size":700}"#] {
            let store = try HostileStore()
            let text = #"{"cod":{"instances":{"1.2.3.66.1":{"size":700},"1.2.3.66.1":\#(second)}}}"#
            try store.setMetadata(Array(text.utf8))
            try await store.expectContained(by: .http, naming: "lists the instance 1.2.3.66.1 twice")
        }
    }
}

extension CommandRun {
    /// Writes what a gzip file holds to another file.
    fileprivate static func unpack(_ packed: String, to file: String) async throws {
        let run = try await run("/bin/sh", ["-c", "gzip -dc < \"$1\" > \"$2\"", "sh", packed, file])
        #expect(run.exitCode == 0, "\(run.errors)")
    }
}

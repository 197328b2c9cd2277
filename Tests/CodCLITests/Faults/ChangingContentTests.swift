import CodCore
import CodTesting
import Foundation
import Synchronization
import Testing

@Suite("Content that changes while it is retrieved is planned again once")
struct ChangingContentTests {
    @Test(
        "fault 17: an archive and its metadata that are replaced in mid-archive: all is of the new version, what is right stays")
    func replaced() async throws {
        try await ServedStore.with(instancesPerSeries: 6) { store in
            let series = store.written.series[0]
            let new = try store.secondVersion(of: series)
            // The first four instances come and are saved, then the connection breaks and both objects are replaced.
            let end = try #require(series.instances[4].byteOffset) + 100
            store.onRead(2, of: series.archiveName) { try new.put(into: $0) }
            store.server.script(matching: .object(name: series.archiveName), faults: [.close(afterByteCount: end)])
            let run = try await ContentFaultTests.download(store, "--jobs", "1")
            run.expect(0, naming: "Series \(series.id) changed while it was retrieved; it is planned again.", "all verified")
            #expect(try store.scratch.files(in: "out") == store.files(except: series).merging(new.files) { $1 })
            #expect(
                try store.scratch.log(in: "out").sorted()
                    == ServedStore.log(of: store.files(except: series).merging(new.files) { $1 }))

            let reads = store.reads(of: series)
            #expect(reads.map(\.status) == [200, 412, 206], "\(reads)")
            // The first two instances are the same in both versions: they are not fetched again.
            let start = try #require(new.written.instances[1].byteOffset) + new.written.instances[1].byteCount
            #expect(reads.last?.byteCount ?? .max <= new.written.archiveByteCount - start)
        }
    }

    @Test("fault 17: what an earlier run saved of the old version is fetched again where it is another now")
    func replacedAfterEarlierRun() async throws {
        try await ServedStore.with(instancesPerSeries: 6) { store in
            let series = store.written.series[0]
            try await ContentFaultTests.download(store).expect(0)
            let lost = store.scratch.path("out/\(series.id)/instances/\(series.instances[5].uid).dcm")
            try FileManager.default.removeItem(atPath: lost)
            let new = try store.secondVersion(of: series)
            store.server.clearLog()
            store.onRead(1, of: series.archiveName) { try new.put(into: $0) }
            let run = try await ContentFaultTests.download(store)
            run.expect(0, naming: "it is planned again")
            #expect(try store.scratch.files(in: "out") == store.files(except: series).merging(new.files) { $1 })
        }
    }

    @Test("fault 17: an archive that changes again and again fails its series; the others are saved, and the next run has it all")
    func replacedForGood() async throws {
        try await ServedStore.with { store in
            let series = store.written.series[0]
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(store.written.writer.folder)/\(series.archiveName)")))
            store.server.script(matching: .object(name: series.archiveName), faults: [], thenAlways: .overwrite(bytes))
            let run = try await ContentFaultTests.download(store)
            run.expect(
                1, naming: "\(series.id): ", "has changed since it was listed", "The series had been planned again once already.",
                "1 series\n  \(series.id)")
            #expect(try store.scratch.files(in: "out") == store.files(except: series))
            #expect(store.reads(of: series).map(\.status) == [412, 412])
            store.server.clearScripts()
            try await ContentFaultTests.download(store).expect(0)
            #expect(try store.scratch.files(in: "out") == store.files())
        }
    }

    @Test("fault 17: metadata that is replaced between the listing and its reading is read as it is then")
    func metadataReplaced() async throws {
        try await ServedStore.with { store in
            let series = store.written.series[0]
            let new = try store.secondVersion(of: series)
            store.onRead(1, of: series.metadataName) { try new.put(into: $0) }
            let run = try await ContentFaultTests.download(store)
            run.expect(0, naming: "looking again in 5 s", "all verified")
            #expect(try store.scratch.files(in: "out") == store.files(except: series).merging(new.files) { $1 })
            #expect(store.server.log.filter { $0.objectName == series.metadataName }.map(\.status) == [412, 200])
        }
    }

    @Test("fault 17: an archive that is removed in mid-run fails its series by name; what came of it is kept")
    func removed() async throws {
        try await ServedStore.with(instancesPerSeries: 6) { store in
            let series = store.written.series[0]
            let end = try #require(series.instances[2].byteOffset)
            store.onRead(2, of: series.archiveName) { $0.remove(series.archiveName) }
            store.server.script(matching: .object(name: series.archiveName), faults: [.close(afterByteCount: end)])
            let run = try await ContentFaultTests.download(store)
            run.expect(1, naming: "\(series.id): The series changed while it was retrieved", "its archive (.tar) is not there")
            let kept = try store.files().filter { path, _ in series.instances[..<2].contains { path.hasSuffix("/\($0.uid).dcm") }
            }
            #expect(try store.scratch.files(in: "out") == store.files(except: series).merging(kept) { $1 })
            #expect(store.reads(of: series).map(\.status) == [200, 404])
        }
    }

    @Test("fault 8: an archive whose size is suddenly another is planned again, and is right then")
    func otherTotal() async throws {
        try await ServedStore.with { store in
            let series = store.written.series[0]
            let total = series.archiveByteCount
            store.server.script(
                matching: .object(name: series.archiveName),
                faults: [
                    .close(afterByteCount: 5_000), .headers(["content-range": "bytes 5000-\(total - 1)/\(total + 512)"]),
                ])
            let run = try await ContentFaultTests.download(store)
            run.expect(0, naming: "it is planned again", "all verified")
            #expect(try store.scratch.files(in: "out") == store.files())
            #expect(store.reads(of: series).count == 3 && store.server.pendingFaultCount == 0)
        }
    }

    @Test("fault 54: an old answer out of a cache is asked for once more; one that stays fails the series", arguments: [1, 2])
    func staleCache(count: Int) async throws {
        try await ServedStore.with { store in
            let series = store.written.series[0]
            let stale = LoopbackStore.Fault.headers(["x-goog-generation": "1", "age": "3600"])
            store.server.script(
                matching: .object(name: series.archiveName), faults: Array(repeating: stale, count: count))
            let run = try await ContentFaultTests.download(store)
            if count == 1 {
                run.expect(0, naming: "it is planned again", "all verified")
            } else {
                run.expect(1, naming: "\(series.id): ", "its generation is 1, not ", "planned again once already")
            }
            #expect(try store.scratch.files(in: "out") == (count == 1 ? store.files() : store.files(except: series)))
            #expect(store.reads(of: series).count == 2)
        }
    }

    @Test(
        "fault 18: an archive that comes a little after its metadata is waited for, once for all series",
        arguments: [true, false])
    func archiveComesLater(comes: Bool) async throws {
        try await ServedStore.with { store in
            let late = Array(store.written.series.prefix(2))
            let archives = try late.map {
                (
                    $0.archiveName,
                    Array(try Data(contentsOf: URL(fileURLWithPath: "\(store.written.writer.folder)/\($0.archiveName)")))
                )
            }
            for (name, _) in archives { store.server.remove(name) }
            let listingCount = Mutex(0)
            store.server.script(
                matching: .requests { [server = store.server] request in
                    guard request.kind == .list, request.query["pageToken"] == nil else { return false }
                    let count = listingCount.withLock {
                        $0 += 1
                        return $0
                    }
                    if comes, count == 2 { for (name, bytes) in archives { server.put(name, bytes) } }
                    return false
                }, faults: [])
            let run = try await ContentFaultTests.download(store)
            #expect(listingCount.withLock(\.self) == 2)
            #expect(run.errors.components(separatedBy: "looking again in 5 s").count == 2, "\(run.errors)")
            if comes {
                run.expect(0, naming: "2 series seem to be being written", "all verified")
                #expect(try store.scratch.files(in: "out") == store.files())
            } else {
                for series in late { run.expect(1, naming: "\(series.id): The series' metadata.json lists instances") }
                let others = try store.files(except: late[0]).filter { !$0.key.hasPrefix("\(late[1].id)/") }
                #expect(try store.scratch.files(in: "out") == others)
            }
        }
    }

    @Test("fault 18: metadata that lists nothing, without an archive, is an empty series and no failure")
    func emptySeries() async throws {
        try await ServedStore.with { store in
            try store.written.writer.writeEmptySeries(study: store.study, series: "1.2.3.4")
            let run = try await ContentFaultTests.download(store)
            run.expect(0, naming: "all verified")
            #expect(try store.scratch.files(in: "out") == store.files())
            #expect(!run.errors.contains("looking again"))
        }
    }
}

/// Another version of a series.
private struct SeriesVersion {
    let written: WrittenSeries
    let archive: [UInt8]
    let metadata: [UInt8]
    /// Its instances as they must land.
    let files: [String: Data]

    func put(into server: LoopbackStore) throws {
        try server.overwrite(written.metadataName, metadata)
        try server.overwrite(written.archiveName, archive)
    }
}

extension ServedStore {
    /// A version of a series in which the first two instances are the same, the others have other bytes (some of the same size, some
    /// not), and one more follows.
    fileprivate func secondVersion(of series: WrittenSeries) throws -> SeriesVersion {
        let old = try files()
        var instances = series.instances.enumerated().map { index, instance in
            var bytes = Array(old["\(series.id)/instances/\(instance.uid).dcm"] ?? Data())
            if index >= 2 { bytes[bytes.count / 2] ^= 0x5A }
            if index == 3 { bytes += [1, 2, 3] }
            return (uid: instance.uid, bytes: bytes)
        }
        instances.append((uid: "1.2.3.4.99", bytes: [UInt8](repeating: 7, count: 5_000)))
        let writer = StoreWriter(folder: scratch.path("second"), prefix: prefix, bucket: bucket)
        let written = try writer.writeSeries(study: series.id.study, series: series.id.series, instances: instances)
        func bytes(_ name: String) throws -> [UInt8] {
            Array(try Data(contentsOf: URL(fileURLWithPath: "\(writer.folder)/\(name)")))
        }
        return SeriesVersion(
            written: written, archive: try bytes(written.archiveName), metadata: try bytes(written.metadataName),
            files: Dictionary(
                uniqueKeysWithValues: instances.map { ("\(series.id)/instances/\($0.uid).dcm", Data($0.bytes)) }))
    }

    /// Does something to the store right before the n-th read of an object is answered.
    fileprivate func onRead(_ number: Int, of name: String, _ body: @escaping @Sendable (LoopbackStore) throws -> Void) {
        let count = Mutex(0)
        server.script(
            matching: .requests { [server] request in
                guard request.objectName == name, request.kind == .media else { return false }
                if count.withLock({
                    $0 += 1
                    return $0
                }) == number {
                    do { try body(server) } catch { Issue.record(error) }
                }
                return false
            }, faults: [])
    }
}

import CodTesting
import Foundation
import Testing

@Suite("A damaged header costs no instance behind it")
struct DamagedHeaderTests {
    @Test("fault 31: a header that is damaged in the store costs its instance alone, by name, in every run")
    func damagedInStore() async throws {
        try await ServedStore.with(instancesPerSeries: 12) { store in
            let series = store.written.series[0]
            let hit = series.instances[5]
            let header = try #require(hit.byteOffset) - 512
            let expected = try store.files().filter { !$0.key.hasSuffix("/\(hit.uid).dcm") }
            try store.editArchive(of: series) { $0[Int(header) + 20] ^= 1 }

            let first = try await ContentFaultTests.download(store)
            first.expect(1, naming: "\(series.id)/\(hit.uid): ", "checksum", "This is at byte \(header) of ")
            #expect(try store.scratch.files(in: "out") == expected)
            // Once to the damage, once more there, once behind it: what is saved is not fetched again.
            let reads = store.reads(of: series)
            #expect(reads.count == 3)

            // What was saved before the damage and not behind it, as by a run that was killed.
            for instance in series.instances.suffix(4) {
                try FileManager.default.removeItem(
                    atPath: store.scratch.path("out/\(series.id)/instances/\(instance.uid).dcm"))
            }
            let second = try await ContentFaultTests.download(store)
            second.expect(1, naming: "\(series.id)/\(hit.uid): ")
            #expect(try store.scratch.files(in: "out") == expected)
        }
    }

    @Test("fault 31: a header that is damaged on the way is read again")
    func damagedOnTheWay() async throws {
        try await ServedStore.with(instancesPerSeries: 12) { store in
            let series = store.written.series[0]
            let header = try #require(series.instances[5].byteOffset) - 512
            store.server.script(matching: .object(name: series.archiveName), faults: [.corrupt(atByte: header + 20)])
            let run = try await ContentFaultTests.download(store)
            run.expect(0, naming: "all verified")
            #expect(try store.scratch.files(in: "out") == store.files())
            #expect(store.reads(of: series).count == 2)
        }
    }

    @Test("Where something may have been appended, and a run has seen that nothing was, only what is missing is fetched")
    func appended() async throws {
        try await ServedStore.with(instancesPerSeries: 12, payload: .noise(byteCount: 1 << 20)) { store in
            let series = store.written.series[0]
            let hit = series.instances[2]
            let expected = try store.files()
            try store.editArchive(of: series) { $0 += Data(count: 64 << 10) }
            try await ContentFaultTests.download(store).expect(0, naming: "all verified")
            try FileManager.default.removeItem(atPath: store.scratch.path("out/\(series.id)/instances/\(hit.uid).dcm"))
            let before = store.reads(of: series).count
            try await ContentFaultTests.download(store).expect(0, naming: [])
            #expect(try store.scratch.files(in: "out") == expected)
            let reads = store.reads(of: series).dropFirst(before)
            #expect(reads.count == 1)
            #expect(reads.reduce(0) { $0 + $1.byteCount } < hit.byteCount + 64 << 10)
        }
    }
}

extension ServedStore {
    /// Changes a series' archive in the store.
    fileprivate func editArchive(of series: WrittenSeries, _ edit: (inout Data) -> Void) throws {
        let url = URL(fileURLWithPath: "\(written.writer.folder)/\(series.archiveName)")
        var data = try Data(contentsOf: url)
        edit(&data)
        try data.write(to: url)
    }
}

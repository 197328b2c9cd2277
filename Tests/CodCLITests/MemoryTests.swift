import CodCore
import CodTesting
import Foundation
import Synchronization
import Testing

@Suite("What is held at a time is bounded, whatever the sizes", .timeLimit(.minutes(5)))
struct MemoryTests {
    @Test(
        "A series of 512 MiB, two instances, passes through less than 128 MiB, over HTTP and from the folder",
        .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/status")),
        .disabled(if: Sanitizer.isOn, Sanitizer.memoryReason))
    func largeSeries() async throws {
        let scratch = try Scratch()
        let study = try SyntheticStudy(
            seed: 3, instancesPerSeries: 2, rows: 16, columns: 16, payload: .noise(byteCount: 256 << 20))
        let written = try study.write(to: StoreWriter(folder: scratch.path("store"), bucket: "loopback"))
        try await LoopbackStore.withStore(folder: scratch.path("store")) { server in
            for source in ["gs://loopback", scratch.path("store")] {
                let run = try await CommandRun.cod([
                    "download", source, study.uid, "-o", scratch.path("out"), "--endpoint", server.endpoint,
                ])
                run.expect(0, naming: "Saved 2 instances", "all verified")
                let peak = try #require(run.peakMemory)
                #expect(peak < 128 << 20, "\(source): \(peak) bytes")
                for instance in written.instances {
                    let path = "out/\(written.series[0].id)/instances/\(instance.uid).dcm"
                    let size = try FileManager.default.attributesOfItem(atPath: scratch.path(path))[.size] as? Int64
                    #expect(size == instance.byteCount)
                }
                try FileManager.default.removeItem(atPath: scratch.path("out"))
            }
        }
    }

    @Test("Of 500 series at most --jobs archives and four times as many metadata.json are read at a time")
    func manySeries() async throws {
        let scratch = try Scratch(inMemory: true)
        let study = try SyntheticStudy(seed: 5, seriesCount: 500, instancesPerSeries: 2, rows: 4, columns: 4)
        let written = try study.write(to: StoreWriter(folder: scratch.path("store"), bucket: "loopback"))
        let sizes = try Dictionary(
            uniqueKeysWithValues: written.series.map { series in
                let path = scratch.path("store/\(series.metadataName)")
                return (series.metadataName, try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64 ?? 0)
            })
        // Answers that take a while overlap where nothing keeps them from it.
        var rules = LoopbackStore.Rules()
        rules.latency = .milliseconds(5)
        // What is open is among the last few requests.
        let server = try LoopbackStore(folder: scratch.path("store"), rules: rules, logLimit: 50)
        let endpoint = try await server.start()
        do {
            let peakMetadataCount = Mutex(0)
            server.script(
                matching: .requests { request in
                    guard request.objectName?.hasSuffix("metadata.json") == true else { return false }
                    // The log runs ahead of the bytes: whoever has received the last one is not counted any more.
                    let open = server.log.count { other in
                        guard let size = other.objectName.flatMap({ sizes[$0] }) else { return false }
                        return other.progress == .running && other.byteCount < size
                    }
                    peakMetadataCount.withLock { $0 = max($0, open) }
                    return false
                }, faults: [.pass])
            let run = try await CommandRun.cod([
                "download", "gs://loopback", study.uid, "-o", scratch.path("out"), "--endpoint", endpoint, "--jobs", "4",
            ])
            run.expect(0, naming: "Saved 1000 instances", "all verified")
            #expect(server.traffic.peakArchiveReadCount == 4)
            #expect(peakMetadataCount.withLock { (2...16).contains($0) }, "\(peakMetadataCount.withLock(\.self))")
            if let peak = run.peakMemory { #expect(peak < 128 << 20, "\(peak) bytes") }
            #expect(try scratch.log(in: "out").count == 1000)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }
}

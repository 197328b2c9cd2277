import CodCore
import CodTesting
import Foundation
import Testing

@Suite("A second run fetches what is missing and nothing else")
struct ResumeTests {
    static func download(_ store: ServedStore, _ more: [String] = []) async throws -> CommandRun {
        try await CommandRun.cod(
            ["download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint] + more)
    }

    @Test("The same command again fetches no archive byte")
    func again() async throws {
        try await ServedStore.with { store in
            #expect(try await Self.download(store).exitCode == 0)
            store.server.clearLog()
            let run = try await Self.download(store)
            #expect(run.exitCode == 0 && run.errors.contains("Nothing is missing"), "\(run.errors)")
            #expect(store.archiveByteCount == 0)
            #expect(try store.scratch.files(in: "out") == store.files())
        }
    }

    @Test(
        "With one instance deleted, or cut short, that instance's bytes are fetched and little beside", arguments: [true, false])
    func oneMissing(isDeleted: Bool) async throws {
        try await ServedStore.with(instancesPerSeries: 12) { store in
            #expect(try await Self.download(store).exitCode == 0)
            let expected = try store.files()
            let path = try #require(expected.keys.sorted().dropFirst(5).first)
            let file = store.scratch.path("out/\(path)")
            if isDeleted {
                try FileManager.default.removeItem(atPath: file)
            } else {
                try Data(expected[path]?.dropLast(1) ?? Data()).write(to: URL(fileURLWithPath: file))
            }
            store.server.clearLog()
            let run = try await Self.download(store)
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(try store.scratch.files(in: "out") == expected)
            let byteCount = Int64(expected[path]?.count ?? 0)
            #expect(store.archiveByteCount >= byteCount && store.archiveByteCount <= byteCount + 64 << 10)
        }
    }

    @Test("A log.json as cod-retrieve writes it: what is on disk is not fetched, and its entries are kept")
    func codRetrieveLog() async throws {
        try await ServedStore.with { store in
            let files = try store.files()
            let onDisk = files.filter { $0.key.contains(store.written.series[0].id.series) }
            for (path, bytes) in onDisk {
                let file = URL(fileURLWithPath: store.scratch.path("out/\(path)"))
                try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try bytes.write(to: file)
            }
            let logs = ServedStore.log(of: onDisk)
            let json = try JSONSerialization.data(withJSONObject: ["logs": logs])
            try json.write(to: URL(fileURLWithPath: store.scratch.path("out/log.json")))
            let run = try await Self.download(store)
            #expect(run.exitCode == 0, "\(run.errors)")
            let fetched = store.server.log.filter(\.isArchiveRead).compactMap(\.objectName)
            #expect(!fetched.contains { $0.contains(store.written.series[0].id.series) } && !fetched.isEmpty)
            #expect(try store.scratch.files(in: "out") == files)
            #expect(try store.scratch.log(in: "out").sorted() == ServedStore.log(of: files))
        }
    }

    @Test("A log.json that lies leaves nothing missing at the end")
    func lyingLog() async throws {
        try await ServedStore.with { store in
            let files = try store.files()
            try FileManager.default.createDirectory(atPath: store.scratch.path("out"), withIntermediateDirectories: true)
            let lies = ["logs": ServedStore.log(of: files) + ["../../etc/passwd", "gone/gone/gone"]]
            try JSONSerialization.data(withJSONObject: lies).write(to: URL(fileURLWithPath: store.scratch.path("out/log.json")))
            let run = try await Self.download(store)
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(try store.scratch.files(in: "out") == files)
            #expect(try store.scratch.log(in: "out").sorted() == ServedStore.log(of: files))
        }
    }
}

import CodBenchKit
import CodTesting

/// From a local store to a folder, beside the unpackers that a user would reach for.
struct SaveScenario: TimedScenario {
    let key: String
    let load: Load
    let instanceByteCount: Int

    static let all: [any Scenario] = [
        SaveScenario(key: "save", load: .megabytes(1052), instanceByteCount: 526_000),
        SaveScenario(key: "save-small", load: .megabytes(400), instanceByteCount: 20_000),
    ]

    var title: String { "save a local series, instances of \(instanceByteCount / 1000) kB, verified" }
    let programs = ["tar", "bsdtar"]
    let goals = [Goal.wallOfFastestPeer(atMost: 0.9)]

    func contenders(_ load: Load, in workshop: Workshop) async throws -> [Contender] {
        let store = try workshop.store(.holding(load.byteCount, instanceByteCount: instanceByteCount, seriesCount: 1))
        let (cod, folder) = (workshop.cod, store.studiesParentFolder)
        let byteCount = store.byteCount
        let archives = store.series.map { "\(store.writer.folder)/\($0.archiveName)" }
        var contenders = [
            Contender(name: "cod download", role: .ours, byteCount: byteCount) { output in
                try await ChildProcess([cod, "download", folder, "-o", output, "-q"]).run()
            },
            Contender(name: "cp of the archive", role: .roofline, byteCount: byteCount) { output in
                try await ChildProcess(["cp"] + archives + [output]).run()
            },
        ]
        for unpacker in programs where await workshop.has(unpacker) {
            contenders.append(
                Contender(name: "\(unpacker) x", byteCount: byteCount) { output in
                    let lines = archives.map { "\(unpacker) xf '\($0)' -C '\(output)'" }
                    return try await ChildProcess(shell: lines.joined(separator: " && ")).run()
                })
        }
        #if os(Linux)
            // On a disk cod waits until it holds what was written; unpackers leave that to the system.
            if !workshop.isInMemory {
                contenders.append(
                    Contender(name: "tar x, then sync -f", role: .other, byteCount: byteCount) { output in
                        let lines = archives.map { "tar xf '\($0)' -C '\(output)'" } + ["sync -f '\(output)'"]
                        return try await ChildProcess(shell: lines.joined(separator: " && ")).run()
                    })
            }
        #endif
        return contenders
    }
}

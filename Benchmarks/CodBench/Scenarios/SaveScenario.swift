import CodTesting

/// From a local store to a folder, beside the unpackers that a user would reach for.
struct SaveScenario: Scenario {
    let instanceByteCount: Int

    var name: String { "save a local study, instances of \(instanceByteCount) bytes" }

    func contenders(in workshop: Workshop) async throws -> [Contender] {
        let store = try workshop.store(instanceByteCount: instanceByteCount)
        let folder = store.writer.folder
        let byteCount = store.series.reduce(0) { $0 + $1.byteCount }
        let archives = store.series.map { "\(folder)/\($0.archiveName)" }
        var contenders = [
            Contender(name: "cod download, verified", byteCount: byteCount) {
                try ChildProcess([workshop.cod, "download", folder, "-o", try workshop.freshOutput(), "-q"]).run()
            },
            Contender(name: "cp of the archives", isRoofline: true, byteCount: byteCount) {
                try ChildProcess(["cp"] + archives + [try workshop.freshOutput()]).run()
            },
        ]
        for unpacker in ["tar", "bsdtar"] where ChildProcess.isInstalled(unpacker) {
            contenders.append(
                Contender(name: "\(unpacker) x, one after the other", byteCount: byteCount) {
                    let output = try workshop.freshOutput()
                    return try ChildProcess(
                        shell: archives.map { "\(unpacker) xf '\($0)' -C '\(output)'" }.joined(separator: " && ")
                    ).run()
                })
        }
        return contenders
    }
}

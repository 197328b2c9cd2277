import CodTesting

/// From a local store to a folder, beside the unpackers that a user would reach for.
struct SaveScenario: Scenario {
    let instanceByteCount: Int

    var name: String { "save a local study, instances of \(instanceByteCount) bytes" }

    func contenders(in workshop: Workshop) async throws -> [Contender] {
        let store = try workshop.store(instanceByteCount: instanceByteCount)
        let (cod, folder) = (workshop.cod, store.studiesParentFolder)
        let byteCount = store.series.reduce(0) { $0 + $1.byteCount }
        let archives = store.series.map { "\(store.writer.folder)/\($0.archiveName)" }
        var contenders = [
            Contender(name: "cod download, verified", byteCount: byteCount) { output in
                try await ChildProcess([cod, "download", folder, "-o", output, "-q"]).run()
            },
            Contender(name: "cp of the archives", isRoofline: true, byteCount: byteCount) { output in
                try await ChildProcess(["cp"] + archives + [output]).run()
            },
        ]
        for unpacker in ["tar", "bsdtar"] where await workshop.has(unpacker) {
            contenders.append(
                Contender(name: "\(unpacker) x, one after the other", byteCount: byteCount) { output in
                    let lines = archives.map { "\(unpacker) xf '\($0)' -C '\(output)'" }
                    return try await ChildProcess(shell: lines.joined(separator: " && ")).run()
                })
            contenders.append(
                Contender(name: "\(unpacker) x, side by side", byteCount: byteCount) { output in
                    // A folder for each: several at work in one may get in each other's way.
                    let lines = archives.enumerated().map { position, archive in
                        "mkdir '\(output)/\(position)' && \(unpacker) xf '\(archive)' -C '\(output)/\(position)'"
                    }
                    return try await ChildProcess(sideBySide: lines).run()
                })
        }
        #if os(Linux)
            // On a disk cod waits until it holds what was written; unpackers leave that to the system.
            if !workshop.isInMemory {
                contenders.append(
                    Contender(name: "tar x, then sync", byteCount: byteCount) { output in
                        let lines = archives.map { "tar xf '\($0)' -C '\(output)'" } + ["sync -f '\(output)'"]
                        return try await ChildProcess(shell: lines.joined(separator: " && ")).run()
                    })
            }
        #endif
        return contenders
    }
}

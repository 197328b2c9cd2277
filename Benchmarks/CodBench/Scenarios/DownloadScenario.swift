import CodTesting

/// From a server on this machine over HTTP to a folder, beside `curl | tar x`. The server shares the processor with all of them.
struct DownloadScenario: Scenario {
    let instanceByteCount: Int

    var name: String { "download a study, instances of \(instanceByteCount) bytes" }

    func contenders(in workshop: Workshop) async throws -> [Contender] {
        let written = try workshop.store(instanceByteCount: instanceByteCount)
        let byteCount = written.series.reduce(0) { $0 + $1.byteCount }
        let server = try await workshop.server(instanceByteCount: instanceByteCount)
        let (cod, endpoint, urls) = (workshop.cod, server.endpoint, server.archiveURLs)
        var contenders = [
            Contender(name: "cod download, verified, from \(server.name)", byteCount: byteCount) { output in
                try await ChildProcess([cod, "download", StudyServer.source, "--endpoint", endpoint, "-o", output, "-q"]).run()
            }
        ]
        guard await workshop.has("curl") else { return contenders }
        contenders.append(
            Contender(name: "curl to nowhere, side by side", isRoofline: true, byteCount: byteCount) { _ in
                try await ChildProcess(sideBySide: urls.map { "curl -sf -o /dev/null '\($0)'" }).run()
            })
        for unpacker in ["tar", "bsdtar"] where await workshop.has(unpacker) {
            contenders.append(
                Contender(name: "curl | \(unpacker) x, one after the other", byteCount: byteCount) { output in
                    let lines = urls.map { "curl -sf '\($0)' | \(unpacker) xf - -C '\(output)'" }
                    return try await ChildProcess(shell: lines.joined(separator: " && ")).run()
                })
            contenders.append(
                Contender(name: "curl | \(unpacker) x, side by side", byteCount: byteCount) { output in
                    // A folder for each: several at work in one may get in each other's way.
                    let lines = urls.enumerated().map { position, url in
                        "mkdir '\(output)/\(position)' && curl -sf '\(url)' | \(unpacker) xf - -C '\(output)/\(position)'"
                    }
                    return try await ChildProcess(sideBySide: lines).run()
                })
        }
        return contenders
    }
}

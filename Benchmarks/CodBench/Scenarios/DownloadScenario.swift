import CodTesting

/// From a store on this machine over HTTP to a folder, beside `curl | tar x`. The server shares the processor with all of them.
struct DownloadScenario: Scenario {
    let instanceByteCount: Int

    var name: String { "download a study, instances of \(instanceByteCount) bytes" }

    func contenders(in workshop: Workshop) async throws -> [Contender] {
        let written = try workshop.store(instanceByteCount: instanceByteCount)
        let byteCount = written.series.reduce(0) { $0 + $1.byteCount }
        let server = try LoopbackStore(bucketName: "bench", folder: written.writer.folder, prefix: "dicomweb")
        let endpoint = try await server.start()
        workshop.servers.append(server)
        let urls = written.series.map { "\(endpoint)/bench/dicomweb/\($0.archiveName)" }
        var contenders = [
            Contender(name: "cod download, verified", byteCount: byteCount) {
                try ChildProcess([
                    workshop.cod, "download", "gs://bench/dicomweb", "--endpoint", endpoint, "-o",
                    try workshop.freshOutput(), "-q",
                ]).run()
            }
        ]
        guard ChildProcess.isInstalled("curl") else { return contenders }
        contenders.append(
            Contender(name: "curl to nowhere, side by side", isRoofline: true, byteCount: byteCount) {
                try ChildProcess(shell: urls.map { "curl -sf -o /dev/null '\($0)' &" }.joined(separator: " ") + " wait").run()
            })
        contenders.append(
            Contender(name: "curl | tar x, side by side", byteCount: byteCount) {
                let output = try workshop.freshOutput()
                return try ChildProcess(
                    shell: urls.map { "curl -sf '\($0)' | tar x -C '\(output)' &" }.joined(separator: " ") + " wait"
                ).run()
            })
        return contenders
    }
}

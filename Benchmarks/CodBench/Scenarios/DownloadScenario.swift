import CodTesting

/// From a store on this machine over HTTP to a folder, beside `curl | tar x`. The server shares the processor with all of them.
struct DownloadScenario: Scenario {
    let instanceByteCount: Int

    var name: String { "download a study, instances of \(instanceByteCount) bytes" }

    func contenders(in workshop: Workshop) async throws -> [Contender] {
        let written = try workshop.store(instanceByteCount: instanceByteCount)
        let byteCount = written.series.reduce(0) { $0 + $1.byteCount }
        let server = try await BenchServer.start(over: written.writer.folder, cod: workshop.cod)
        let urls = written.series.map { "\(server.endpoint)/\(server.bucket)/dicomweb/\($0.archiveName)" }
        var contenders = [
            Contender(name: "cod download, verified", byteCount: byteCount) {
                try ChildProcess([
                    workshop.cod, "download", "gs://\(server.bucket)/dicomweb", "--endpoint", server.endpoint, "-o",
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

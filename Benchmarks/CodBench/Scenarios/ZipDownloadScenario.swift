import CodTesting

/// From a server on this machine straight into a zip, beside the same into a folder. The data do not deflate, which neither knows
/// beforehand.
struct ZipDownloadScenario: Scenario {
    let instanceByteCount: Int

    var name: String { "download a study into a zip, instances of \(instanceByteCount) bytes that do not shrink" }

    func contenders(in workshop: Workshop) async throws -> [Contender] {
        let written = try workshop.store(instanceByteCount: instanceByteCount)
        let byteCount = written.series.reduce(0) { $0 + $1.byteCount }
        let server = try await workshop.server(instanceByteCount: instanceByteCount)
        let (cod, endpoint) = (workshop.cod, server.endpoint)
        func contender(_ name: String, _ options: @escaping (_ output: String) -> [String]) -> Contender {
            Contender(name: name, weighsOutput: true, byteCount: byteCount) { output in
                try await ChildProcess(
                    [cod, "download", StudyServer.source, "--endpoint", endpoint, "-q"] + options(output)
                ).run()
            }
        }
        return [
            contender("cod download --zip-only, from \(server.name)") { ["--zip-only", "--zip-dir", $0] },
            contender("cod download") { ["-o", $0] },
        ]
    }
}

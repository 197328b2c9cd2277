import CodBenchKit
import CodTesting

/// From a server on this machine straight into a zip, beside the same into a folder. The data do not deflate, which neither knows
/// beforehand.
struct ZipDownloadScenario: TimedScenario {
    let key: String
    let load: Load
    let instanceByteCount: Int

    static let all: [any Scenario] = [
        ZipDownloadScenario(key: "download-zip", load: .megabytes(537), instanceByteCount: 526_000),
        ZipDownloadScenario(key: "download-zip-small", load: .megabytes(400), instanceByteCount: 20_000),
    ]

    var title: String { "download into a zip, instances of \(instanceByteCount / 1000) kB that do not shrink" }
    let programs = ["curl", "nginx"]
    let goals = [Goal.wallOfFastestPeer(atMost: nil)]

    func contenders(_ load: Load, in workshop: Workshop) async throws -> [Contender] {
        let shape = StoreShape.holding(load.byteCount, instanceByteCount: instanceByteCount)
        let byteCount = try workshop.store(shape).series.reduce(0) { $0 + $1.byteCount }
        let server = try await workshop.server(shape)
        let cod = workshop.cod
        func contender(
            _ name: String, role: TimedRow.Role, _ options: @escaping (_ output: String) -> [String]
        ) -> Contender {
            Contender(name: name, role: role, weighsOutput: true, byteCount: byteCount) { output in
                try await ChildProcess([cod, "download", StudyServer.source, "-q"] + server.codOptions + options(output)).run()
            }
        }
        var contenders = [
            contender("cod download --zip-only, from \(server.name)", role: .ours) { ["--zip-only", "--zip-dir", $0] },
            contender("cod download into a folder", role: .peer) { ["-o", $0] },
        ]
        if await workshop.has("curl") {
            contenders.append(
                Contender(name: "curl to nowhere, side by side", role: .roofline, byteCount: byteCount) { _ in
                    try await ChildProcess(sideBySide: server.archiveURLs.map { "\(server.curl) -o /dev/null '\($0)'" }).run()
                })
        }
        return contenders
    }
}

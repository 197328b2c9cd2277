import CodBenchKit
import CodTesting

/// From a server straight into a zip, beside the same into a folder. The data do not deflate, which neither knows beforehand.
///
/// From this machine all of the processors' time counts; from far away only what the line leaves no time for.
struct ZipDownloadScenario: TimedScenario {
    let key: String
    let load: Load
    let instanceByteCount: Int
    var isFar = false

    static let all: [any Scenario] = [
        ZipDownloadScenario(key: "download-zip", load: .megabytes(537), instanceByteCount: 526_000),
        ZipDownloadScenario(key: "download-zip-small", load: .megabytes(400), instanceByteCount: 20_000),
        ZipDownloadScenario(key: "download-zip-far", load: .megabytes(1074), instanceByteCount: 526_000, isFar: true),
    ]

    var title: String {
        let place = isFar ? " from a far bucket (60 MB/s a connection, 50 ms of latency)" : ""
        return "download into a zip\(place), instances of \(instanceByteCount / 1000) kB that do not shrink"
    }
    var programs: [String] { isFar ? [] : ["curl", "nginx"] }
    let goals = [Goal.wallOfFastestPeer(atMost: 1)]

    func contenders(_ load: Load, in workshop: Workshop) async throws -> [Contender] {
        let shape = StoreShape.holding(load.byteCount, instanceByteCount: instanceByteCount)
        let byteCount = try workshop.store(shape).byteCount
        let server =
            isFar ? try await workshop.countingServer(shape, rules: FarBucket.rules) : try await workshop.server(shape)
        let cod = workshop.cod
        func contender(
            _ name: String, role: TimedRow.Role, _ flags: @escaping (_ output: String) -> [String]
        ) -> Contender {
            Contender(name: name, role: role, weighsOutput: true, byteCount: byteCount) { output in
                try await ChildProcess([cod, "download", StudyServer.source, "-q"] + server.codOptions + flags(output)).run()
            }
        }
        var contenders = [
            contender("cod download --zip-only\(isFar ? "" : ", from \(server.name)")", role: .ours) {
                ["--zip-only", "--zip-dir", $0]
            },
            contender("cod download into a folder", role: .peer) { ["-o", $0] },
        ]
        if !isFar, await workshop.has("curl") {
            contenders.append(
                Contender(name: "curl to nowhere, side by side", role: .roofline, byteCount: byteCount) { _ in
                    try await ChildProcess(sideBySide: server.archiveURLs.map { "\(server.curl) -o /dev/null '\($0)'" }).run()
                })
        }
        return contenders
    }
}

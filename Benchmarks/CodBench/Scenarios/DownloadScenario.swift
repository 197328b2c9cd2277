import CodBenchKit
import CodTesting

/// From a server on this machine to a folder, beside `curl | tar x`. The server shares the processor with all of them.
struct DownloadScenario: TimedScenario {
    let key: String
    let title: String
    let load: Load
    /// `nil`: one instance with all of the bytes.
    let instanceByteCount: Int?
    var seriesCount = 4
    var isSecure = false

    static let all: [any Scenario] = [
        DownloadScenario(
            key: "download", title: "download a study of four series, instances of 526 kB, verified", load: .megabytes(1074),
            instanceByteCount: 526_000),
        DownloadScenario(
            key: "download-tls", title: "download a study of four series over TLS 1.3, instances of 526 kB, verified",
            load: .megabytes(1074), instanceByteCount: 526_000, isSecure: true),
        DownloadScenario(
            key: "download-small", title: "download a study of four series, instances of 20 kB, verified", load: .megabytes(400),
            instanceByteCount: 20_000),
        DownloadScenario(
            key: "download-one", title: "download one instance, verified", load: .megabytes(1074), instanceByteCount: nil,
            seriesCount: 1),
    ]

    let programs = ["curl", "tar", "bsdtar", "nginx"]
    let goals = [Goal.wallOfFastestPeer(atMost: 0.55), .cpuOfFastestPeer(atMost: 0.45)]

    func contenders(_ load: Load, in workshop: Workshop) async throws -> [Contender] {
        let shape = StoreShape.holding(
            load.byteCount, instanceByteCount: instanceByteCount ?? load.byteCount, seriesCount: seriesCount)
        let byteCount = try workshop.store(shape).byteCount
        let server = try await workshop.server(shape, isSecure: isSecure)
        let (cod, curl, urls) = (workshop.cod, server.curl, server.archiveURLs)
        var contenders = [
            Contender(name: "cod download, from \(server.name)", role: .ours, byteCount: byteCount) { output in
                try await ChildProcess([cod] + server.download(to: output)).run()
            }
        ]
        guard await workshop.has("curl") else { return contenders }
        let together = urls.count > 1 ? ", side by side" : ""
        contenders.append(
            Contender(name: "curl to nowhere\(together)", role: .roofline, byteCount: byteCount) { _ in
                try await ChildProcess(sideBySide: urls.map { "\(curl) -o /dev/null '\($0)'" }).run()
            })
        for unpacker in ["tar", "bsdtar"] where await workshop.has(unpacker) {
            if urls.count > 1 {
                contenders.append(
                    Contender(name: "curl | \(unpacker) x, one after the other", role: .other, byteCount: byteCount) { output in
                        let lines = urls.map { "\(curl) '\($0)' | \(unpacker) xf - -C '\(output)'" }
                        return try await ChildProcess(shell: lines.joined(separator: " && ")).run()
                    })
            }
            contenders.append(
                Contender(name: "curl | \(unpacker) x\(together)", byteCount: byteCount) { output in
                    // A folder for each: several at work in one may get in each other's way.
                    let lines = urls.enumerated().map { position, url in
                        "mkdir '\(output)/\(position)' && \(curl) '\(url)' | \(unpacker) xf - -C '\(output)/\(position)'"
                    }
                    return try await ChildProcess(sideBySide: lines).run()
                })
        }
        return contenders
    }
}

import CodCore
import CodTesting
import Foundation
import Testing

extension ServedStore {
    /// One series of 24 MiB in 24 instances, and a small one: what several workers can share.
    static func withOneLongSeries(
        sourceLocation: SourceLocation = #_sourceLocation, _ body: (ServedStore) async throws -> Void
    ) async throws {
        try await with(
            seriesCount: 1, instancesPerSeries: 24, payload: .noise(byteCount: 1 << 20), sourceLocation: sourceLocation, body)
    }

    /// What a worker needs that has the token from its environment.
    var workerEnvironment: [String: String] { ["COD_TOKEN": Self.token, "COD_ENDPOINT": endpoint] }

    /// Plans, and keeps the plan as `plan.jsonl`.
    @discardableResult
    func plan(_ more: String...) async throws -> CommandRun {
        let run = try await CommandRun.cod(["plan", link, "--endpoint", endpoint] + (more.isEmpty ? [study] : more))
        try run.output.write(toFile: scratch.path("plan.jsonl"), atomically: true, encoding: .utf8)
        return run
    }

    /// Runs the plan into `out`.
    func run(_ more: String..., environment: [String: String] = [:]) async throws -> CommandRun {
        try await CommandRun.cod(
            ["run", scratch.path("plan.jsonl"), "-o", scratch.path("out")] + more,
            environment: workerEnvironment.merging(environment) { $1 })
    }

    /// Expects that a folder holds all of the study, with its log, and nothing that is not whole.
    func expectAll(in output: String = "out", sourceLocation: SourceLocation = #_sourceLocation) throws {
        let files = try files()
        #expect(try scratch.files(in: output) == files, sourceLocation: sourceLocation)
        #expect(try scratch.log(in: output).sorted() == Self.log(of: files), sourceLocation: sourceLocation)
        #expect(!FileManager.default.fileExists(atPath: scratch.path("\(output)/.cod/partial")), sourceLocation: sourceLocation)
    }
}

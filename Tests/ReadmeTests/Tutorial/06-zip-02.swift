import CodCore
import CodTesting

extension ZippedRetrieval {
    func main() async throws {
        // begin
        let folder = CommandLine.arguments.dropFirst().first ?? "."
        let study = try makeStore(in: "\(folder)/store")
        let store = try await serveStore(in: "\(folder)/store")
        let bucket = try openBucket(at: store.endpoint)

        let report = try await retrieve(study, from: bucket, to: "\(folder)/studies")
        for study in report.studies { print("\(study.uid): \(study.artifacts)") }

        await store.stop()
        // end
    }
}

import CodCore
import CodTesting
import Foundation

extension ResumedRetrieval {
    func main() async throws {
        // begin
        let folder = CommandLine.arguments.dropFirst().first ?? "."
        let study = try makeStore(in: "\(folder)/store")
        let store = try await serveStore(in: "\(folder)/store")
        let bucket = try openBucket(at: store.endpoint)

        let first = try await retrieve(study, from: bucket, to: "\(folder)/studies")
        for lost in first.studies.flatMap(\.series).flatMap(\.instances).prefix(3) {
            try FileManager.default.removeItem(atPath: lost.location)
        }

        let second = try await retrieve(study, from: bucket, to: "\(folder)/studies")
        print("\(first.savedCount) saved in the first run, \(second.savedCount) in the second")

        await store.stop()
        // end
    }
}

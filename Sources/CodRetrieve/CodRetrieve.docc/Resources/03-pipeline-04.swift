import CodCore
import CodTesting

let folder = CommandLine.arguments.dropFirst().first ?? "."
let study = try makeStore(in: "\(folder)/store")
let store = try await serveStore(in: "\(folder)/store")

let bucket = try openBucket(at: store.endpoint)
let report = try await retrieve(study, from: bucket, to: "\(folder)/studies")
print("\(report.savedCount) saved, \(report.verifiedCount) of them verified")
for failure in report.failures { print(failure) }

await store.stop()

import CodCore
import Foundation

/// Compiled, and run by `ExampleTests`.
func retrieveShare(of studies: [String], from catalog: some Catalog, through pipeline: Pipeline) async throws {
    // begin
    let environment = ProcessInfo.processInfo.environment
    let index = environment["SLURM_ARRAY_TASK_ID"] ?? "0"
    let count = environment["SLURM_ARRAY_TASK_COUNT"] ?? "1"
    let shard = try Shard(parsing: "\(index)/\(count)")

    let plan = try await catalog.plan(for: studies)
    try await pipeline.run(plan.share(shard))
    // end
}

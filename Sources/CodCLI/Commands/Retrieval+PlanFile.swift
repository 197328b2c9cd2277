import ArgumentParser
import CodCore
import CodRetrieve
import CodTransport

extension Retrieval {
    /// Reads a plan's file, and the options of the command that runs it. Throws an error of usage for what cannot be understood.
    init(
        planFile path: String, access: AccessOptions, shard: Shard?, output: String, zips: ZipChoice?, log: LogOptions,
        limits: LimitOptions, connectionCount: Int, verifies: Bool, checksSpace: Bool
    ) throws {
        var options = try Self.options(access, zips, log, limits, connectionCount: connectionCount)
        options.isFirstContact = true
        let file = try PlanFile(path, access: access, options: options, limits: limits)
        try Self.check(shard, zips, against: file.header)
        self.init(
            file.store, catalog: PlannedCatalog(plan: file.plan), request: RetrievalRequest(studies: []), options: options,
            output: output, zips: zips, verifies: verifies, checksSpace: checksSpace)
        sharing = shard.map { Sharing(shard: $0, keepsStudiesWhole: zips != nil) }
    }

    /// A share of a share is easily taken by mistake, and loses what the others should have had; a zip of half a study looks like one
    /// of all of it.
    private static func check(_ shard: Shard?, _ zips: ZipChoice?, against header: PlanHeader) throws {
        guard let made = header.shard else { return }
        if shard != nil {
            throw ValidationError(
                "The plan is shard \(made) of another already, and --shard would take a part of that; leave --shard out, or make a plan of all."
            )
        }
        if zips != nil, !header.keepsStudiesWhole {
            throw ValidationError(
                "The plan is shard \(made) of another, and may have a part of a study only, which would be zipped as if it were all; make it with --whole-studies, or run the plan of all with --shard."
            )
        }
    }
}

/// Answers a plan that was made before, whatever is asked for.
private struct PlannedCatalog: Catalog {
    let plan: RetrievalPlan

    @concurrent func plan(_ request: RetrievalRequest) async throws -> RetrievalPlan { plan }
}

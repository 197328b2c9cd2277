import CodCore

/// Which share of a plan a command works on.
struct Sharing {
    let shard: Shard
    /// Whether each study is in one share as a whole, as zips need it.
    var keepsStudiesWhole = false

    func share(of plan: RetrievalPlan) -> RetrievalPlan { plan.share(shard, keepsStudiesWhole: keepsStudiesWhole) }
}

/// A series as it is planned again in mid-run, because its archive is no longer the one that the plan was made from. Pure.
struct SeriesReplan: Sendable {
    /// What the store holds of it now.
    let plan: SeriesPlan
    /// What the sink says that it holds of that.
    let held: [SavedInstance]

    /// Of the instances that this run saved out of the old archive, those that the new metadata stands for: the same checksum. Where
    /// it has none, nobody can say that the instance is still the same.
    func standing(_ saved: [SavedInstance]) -> [SavedInstance] {
        let wanted = plan.wantedByUID
        return saved.compactMap { saved in
            guard let planned = wanted[saved.instance.uid], let checksum = saved.checksum, checksum == planned.checksum,
                planned.byteCount.map({ $0 == saved.instance.byteCount }) ?? true
            else { return nil }
            var instance = saved.instance
            instance.checksum = planned.checksum
            return SavedInstance(instance: instance, path: saved.path, root: saved.root, checksum: checksum)
        }
    }

    /// How many instances that were wanted of the old plan the store does not list any more.
    func goneCount(from old: SeriesPlan) -> Int {
        let wanted = plan.wantedByUID
        return old.instances.count { $0.isWanted && wanted[$0.uid] == nil }
    }

    /// The failures of those of them that were asked for by name.
    func missing(of named: Set<String>, from old: SeriesPlan) -> [CodError] {
        if named.isEmpty { return [] }
        let wanted = plan.wantedByUID
        return old.instances.filter { $0.isWanted && wanted[$0.uid] == nil && named.contains($0.uid) }.map { instance in
            CodError(
                .selectionNotFound,
                "The series changed while it was retrieved, and does not list the instance any more.",
                recovery: "Check the identifier, or tell who runs the store.", reach: .instance
            ).located(in: plan.id, instance: instance.uid)
        }
    }
}

extension SeriesPlan {
    fileprivate var wantedByUID: [String: PlannedInstance] {
        Dictionary(instances.lazy.filter(\.isWanted).map { ($0.uid, $0) }) { first, _ in first }
    }
}

extension RetrievalPlan {
    /// Tells apart the instances of the plan that would have one path, on some disk at least: each of them gets its own, whichever comes
    /// first. It holds a path an instance, once.
    package mutating func tellPathsApart() {
        var seen = Set<String>()
        var repeated = Set<String>()
        for series in series {
            for instance in series.instances {
                guard let path = instance.path else { continue }
                let key = FileLayout.key(of: path)
                if !seen.insert(key).inserted { repeated.insert(key) }
            }
        }
        if repeated.isEmpty { return }
        for study in studies.indices {
            for series in studies[study].series.indices {
                let id = studies[study].series[series].id
                for position in studies[study].series[series].instances.indices {
                    guard let path = studies[study].series[series].instances[position].path,
                        repeated.contains(FileLayout.key(of: path))
                    else { continue }
                    studies[study].series[series].instances[position].path = FileLayout.distinctPath(
                        path, of: studies[study].series[series].instances[position].uid, in: id)
                }
            }
        }
    }
}

import CodCore

/// What a listing shows of one series.
struct SeriesObjects: Sendable {
    /// The identifier as the path has it; not yet checked.
    let uid: String
    var archive: StoredObject?
    var metadata: StoredObject?
    var notices = Set<SeriesPlan.Notice>()

    init(uid: String) {
        self.uid = uid
    }

    /// Puts the objects of a study together by series, in the order in which each series is seen first. Pure.
    ///
    /// Known are `studies/<study>/series/<series>.tar`, and below `…/<series>/` what the writer puts there. Anything else in a
    /// series' folder shows that the series is there; anything beside the folders (a thumbnail) is passed over.
    static func grouping(_ objects: [StoredObject], ofStudy study: String) -> [SeriesObjects] {
        var series: [SeriesObjects] = []
        var positions: [String: Int] = [:]
        let start = "studies/\(study)/series/"
        // By bytes: a character that joins the slash before it would hide the name that it begins.
        for object in objects where object.path.utf8.starts(with: start.utf8) {
            let parts = Substring(object.path.utf8.dropFirst(start.utf8.count)).split(
                separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let isArchive = parts.count == 1 && parts[0].hasSuffix(".tar")
            guard isArchive || (parts.count == 2 && !parts[1].isEmpty) else { continue }
            let uid = String(isArchive ? parts[0].dropLast(4) : parts[0])
            let position = positions[uid] ?? series.count
            if position == series.count {
                positions[uid] = position
                series.append(SeriesObjects(uid: uid))
            }
            series[position].add(object, named: isArchive ? nil : parts[1])
        }
        return series
    }

    private mutating func add(_ object: StoredObject, named name: Substring?) {
        switch name {
        case nil: archive = object
        case "metadata.json": metadata = object
        case "error.log": notices.insert(.hasErrorLog)
        case ".gradient.lock": notices.insert(.locked)
        default: break
        }
    }
}

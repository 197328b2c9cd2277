internal import SystemPackage

/// How many lanes are in use at a time: all, until files cannot be opened because too many are open; then half, and so on. Pure.
struct LaneLimit {
    /// At least 1.
    private(set) var count: Int
    /// How often it was lowered before what is under way on a lane began.
    private var beginnings: [Int]
    private var loweringCount = 0
    private var hasNews = false

    init(laneCount: Int) {
        count = laneCount
        beginnings = Array(repeating: 0, count: laneCount)
    }

    mutating func began(on lane: Int) { beginnings[lane] = loweringCount }

    /// A file could not be opened on a lane while so many lanes were in use, this one among them. Answers whether another attempt is
    /// of use: with fewer lanes than there were when it was begun.
    mutating func lower(after lane: Int, usedCount: Int) -> Bool {
        // Those that were begun before the limit was lowered say nothing of the limit as it is.
        if beginnings[lane] < loweringCount { return true }
        guard min(count, usedCount) > 1 else { return false }
        count = min(count, usedCount) / 2
        loweringCount += 1
        hasNews = true
        return true
    }

    /// The limit, when it was lowered since it was asked for last.
    mutating func takeNews() -> Int? {
        defer { hasNews = false }
        return hasNews ? count : nil
    }
}

extension SavedSeries {
    /// Whether what failed of it failed only because too many files were open.
    var hasLackedFiles: Bool {
        let stopping = failures.filter { $0.reach == .job }
        return !stopping.isEmpty && stopping.allSatisfy(\.isLackOfFiles)
    }
}

extension CodError {
    fileprivate var isLackOfFiles: Bool { (cause as? Errno)?.isLackOfFiles == true }
}

/// Decides what a free lane does next: read files that are known, or look into another folder for more. Pure.
///
/// Folders are looked into in their order, and only when no batch of files waits, two at a time: so the names and records of few
/// series are held, and one slow folder does not keep the other lanes from reading.
struct VerificationSchedule<Scan, Batch> {
    enum Action {
        case scan(Scan)
        case check(Batch)
    }

    static var scanLimit: Int { 2 }

    private let scans: [Scan]
    private var nextScan = 0
    private var openScanCount = 0
    /// Taken from the end.
    private var waiting: [Batch] = []
    private var freeLanes: [Int]

    init(scans: [Scan], laneCount: Int) {
        self.scans = scans
        freeLanes = Array((0..<max(laneCount, 1)).reversed())
    }

    /// What to do now, and on which lane; `nil` when there is nothing until something under way ends.
    mutating func next() -> (action: Action, lane: Int)? {
        guard let lane = freeLanes.last else { return nil }
        let action: Action
        if let batch = waiting.popLast() {
            action = .check(batch)
        } else if nextScan < scans.count, openScanCount < Self.scanLimit {
            action = .scan(scans[nextScan])
            nextScan += 1
            openScanCount += 1
        } else {
            return nil
        }
        freeLanes.removeLast()
        return (action, lane)
    }

    /// A folder was looked into: these files are to be read.
    mutating func scanned(lane: Int, found batches: [Batch]) {
        freeLanes.append(lane)
        openScanCount -= 1
        waiting.insert(contentsOf: batches.reversed(), at: 0)
    }

    /// A batch was read.
    mutating func checked(lane: Int) { freeLanes.append(lane) }

    /// Nothing new is begun from now on.
    mutating func stop() {
        nextScan = scans.count
        waiting = []
    }
}

extension VerificationSchedule.Action: Sendable where Scan: Sendable, Batch: Sendable {}

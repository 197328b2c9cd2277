/// How much memory processes held, looked at in even steps: as many points as are needed to compare a run's halves, no more.
package struct MemoryCurve: Sendable, Hashable {
    /// When there are so many points, every other one goes, and only every other look is kept from then on.
    private static let pointLimit = 4096

    /// The most that was held at a time.
    package private(set) var peakByteCount: Int64 = 0
    private var points: [Int64] = []
    private var stride = 1
    private var lookCount = 0

    package init() {}

    /// - Parameters:
    ///   - residentByteCount: what is held now; 0 (nothing is there any more) is no point of the curve.
    ///   - peakByteCount: the most that was held so far, as the system tells it.
    package mutating func add(residentByteCount: Int64, peakByteCount: Int64) {
        self.peakByteCount = max(self.peakByteCount, peakByteCount, residentByteCount)
        guard residentByteCount > 0 else { return }
        defer { lookCount += 1 }
        guard lookCount % stride == 0 else { return }
        points.append(residentByteCount)
        guard points.count >= Self.pointLimit else { return }
        points = points.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        stride *= 2
    }

    /// The most of the second half in parts of the most of the first; `nil` when there is too little to say.
    package var growth: Double? {
        guard points.count >= 8, let first = points.prefix(points.count / 2).max(),
            let second = points.suffix(points.count / 2).max(),
            first > 0
        else { return nil }
        return Double(second) / Double(first)
    }
}

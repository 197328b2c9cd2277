/// What the times of a scenario are to come to, compared with others of the same run.
package enum Goal: Sendable, Hashable {
    /// Our wall time in parts of that of the fastest peer; `nil`: there is no limit to it.
    case wallOfFastestPeer(atMost: Double?)
    /// Our processor time in parts of that of the fastest peer.
    case cpuOfFastestPeer(atMost: Double)
    /// Our speed in parts of the first roofline's.
    case speedOfRoofline(atLeast: Double)
    /// Our wall time in parts of the first roofline's.
    case wallOfRoofline(atMost: Double)
    /// Our wall time.
    case seconds(atMost: Double)
    /// What we need beyond the first roofline, divided by how many entries there are.
    case secondsBeyondRoofline(entryCount: Int, atMost: Double)

    /// What it came to; `nil` when there is nobody to compare with.
    package func figure(_ rows: [TimedRow]) -> Figure? {
        guard let ours = rows.first(where: { $0.role == .ours }) else { return nil }
        let peers = rows.filter { $0.role == .peer }
        let fastest = peers.min { $0.wallSeconds.median < $1.wallSeconds.median }
        let roofline = rows.first { $0.role == .roofline }
        switch self {
        case .wallOfFastestPeer(let limit):
            return fastest.map {
                Figure("wall time ÷ \($0.name)", ours.ratio(of: \.wallSeconds, to: $0), .ratio, target: limit.map { .atMost($0) })
            }
        case .cpuOfFastestPeer(let limit):
            return fastest.map {
                Figure("CPU time ÷ \($0.name)", ours.ratio(of: \.cpuSeconds, to: $0), .ratio, target: .atMost(limit))
            }
        case .speedOfRoofline(let limit):
            return roofline.map {
                Figure("speed ÷ \($0.name)", $0.ratio(of: \.wallSeconds, to: ours), .ratio, target: .atLeast(limit))
            }
        case .wallOfRoofline(let limit):
            return roofline.map {
                Figure("wall time ÷ \($0.name)", ours.ratio(of: \.wallSeconds, to: $0), .ratio, target: .atMost(limit))
            }
        case .seconds(let limit):
            return Figure("wall time", ours.wallSeconds, .seconds, target: .atMost(limit))
        case .secondsBeyondRoofline(let entryCount, let limit):
            return roofline.map {
                let beyond = zip(ours.samples, $0.samples).map { ($0.wallSeconds - $1.wallSeconds) / Double(max(entryCount, 1)) }
                return Figure("an entry, beyond \($0.name)", Spread(beyond), .seconds, target: .atMost(limit))
            }
        }
    }
}

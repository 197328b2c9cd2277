/// One way of doing what a scenario is about, and its runs, one a round.
package struct TimedRow: Sendable, Hashable, Codable {
    /// What a way is to ours.
    package enum Role: String, Sendable, Codable {
        /// It is ours.
        case ours
        /// What a user would run instead, at its best.
        case peer
        /// Shown beside them; no goal looks at it.
        case other
        /// It does less than the task asks for, or is computed: what nobody can be much faster than.
        case roofline
    }

    package let name: String
    package let role: Role
    /// How many bytes of instances one run takes through; 0 where bytes are not what it is about.
    package let byteCount: Int64
    package let samples: [Sample]

    package init(name: String, role: Role, byteCount: Int64, samples: [Sample]) {
        (self.name, self.role, self.byteCount, self.samples) = (name, role, byteCount, samples)
    }

    package var wallSeconds: Spread { Spread(samples.map(\.wallSeconds)) }
    package var cpuSeconds: Spread { Spread(samples.map(\.cpuSeconds)) }

    /// `nil` when nobody looked.
    package var peakByteCount: Int64? { Self.known(samples.map(\.peakByteCount)) }
    package var outputByteCount: Int64? { Self.known(samples.map(\.outputByteCount)) }

    /// This row's values in parts of another's, round by round: what else a machine does changes from one to the next.
    package func ratio(of value: (Sample) -> Double, to other: TimedRow) -> Spread {
        Spread(zip(samples, other.samples).map { value($0) / max(value($1), .leastNormalMagnitude) })
    }

    private static func known(_ counts: [Int64]) -> Int64? { counts.max().flatMap { $0 == 0 ? nil : $0 } }
}

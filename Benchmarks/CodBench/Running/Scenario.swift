import CodBenchKit

/// Something that is measured, with what is to be reached.
protocol Scenario: Sendable {
    /// Short and stable, such as `save-small`.
    var key: String { get }
    /// A sentence without its full stop.
    var title: String { get }
    /// How much, when nobody says otherwise.
    var load: Load { get }
    /// Programs that it is worth nothing without or compares with, in order.
    var programs: [String] { get }

    /// How many bytes of room it needs.
    func room(for load: Load, isInMemory: Bool) -> Int

    func measured(_ load: Load, in workshop: Workshop, roundCount: Int) async throws -> Measurement
}

/// What a scenario came to, before it is dated.
struct Measurement {
    var rows: [TimedRow] = []
    var goals: [Goal] = []
    var figures: [Figure] = []
}

extension Scenario {
    var programs: [String] { [] }

    /// A store, an output that is kept and the one that is being written, and a little; on a disk more outputs are kept.
    func room(for load: Load, isInMemory: Bool) -> Int { load.byteCount * (isInMemory ? 4 : 14) }
}

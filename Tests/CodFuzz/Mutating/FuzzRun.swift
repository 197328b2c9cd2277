/// Runs of one target on inputs that follow from a seed.
///
/// Inputs whose outcome is of a new kind join those that others are made of, up to a few thousand.
struct FuzzRun {
    /// An input that a target broke its promise on.
    struct Failure: Error, CustomStringConvertible {
        let target: String
        let input: [UInt8]
        let finding: Finding

        var description: String {
            "\(target): \(finding) The input is \(input.count) bytes long: \(Self.shown(input)).".replacing("\u{0}", with: "␀")
        }

        private static func shown(_ bytes: [UInt8]) -> String {
            String(bytes.prefix(2048).flatMap { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) })
        }
    }

    let target: FuzzTarget
    private(set) var executionCount = 0
    private(set) var slowest = Duration.zero
    private var kinds = Set<Int>()
    private var pool: [[UInt8]] = []
    private var mutator: Mutator

    private static let maximumPoolCount = 4096

    /// Runs the seeds, and `others` (findings of earlier runs), as they are.
    init(_ target: FuzzTarget, seed: UInt64, others: [[UInt8]] = []) throws {
        self.target = target
        mutator = Mutator(seed: seed, for: target)
        for input in try target.seeds() + others {
            pool.append(input)
            try execute(input)
        }
    }

    /// How many kinds of outcomes there were.
    var kindCount: Int { kinds.count }

    /// Runs so many more inputs. `beforeEach` is shown each of them first.
    mutating func run(_ count: Int, beforeEach: ([UInt8]) throws -> Void = { _ in }) throws {
        for _ in 0..<count {
            let input = mutator.next(from: pool)
            try beforeEach(input)
            if try execute(input), pool.count < Self.maximumPoolCount { pool.append(input) }
        }
    }

    /// Runs an input; answers whether its outcome is of a new kind.
    @discardableResult
    private mutating func execute(_ input: [UInt8]) throws -> Bool {
        executionCount += 1
        let start = ContinuousClock.now
        let kind: Int
        do {
            kind = try target.run(FuzzInput(input))
        } catch let finding as Finding {
            throw Failure(target: target.name, input: input, finding: finding)
        }
        slowest = max(slowest, .now - start)
        return kinds.insert(kind).inserted
    }
}

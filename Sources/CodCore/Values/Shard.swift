/// One of the parts that a plan is divided into, for a cluster's workers: `2/8` is the third of eight.
public struct Shard: Hashable, Sendable, CustomStringConvertible {
    /// The most parts that there can be.
    public static let maximumCount = 100_000

    /// Which part: `0 ..< count`.
    public let index: Int
    /// How many parts there are, from 1 to ``maximumCount``.
    public let count: Int

    /// The part of that index, which counts from 0; `nil` where there is none.
    public init?(_ index: Int, of count: Int) {
        guard (1...Self.maximumCount).contains(count), (0..<count).contains(index) else { return nil }
        self.index = index
        self.count = count
    }

    /// Reads `I/N`, as `--shard` takes it. Throws ``CodError/Code/invalidIdentifier``.
    public init(parsing text: String) throws(CodError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(Self.number)
        guard parts.count == 2, let index = parts[0], let count = parts[1] else {
            throw Self.invalid(
                text, "it is not of the form I/N", "Write 0/4 for the first of four; an array's index may be missing.")
        }
        guard (1...Self.maximumCount).contains(count) else {
            throw Self.invalid(text, "there can be 1 to \(Self.maximumCount) shards", "Give as many as there are workers.")
        }
        guard let shard = Shard(index, of: count) else {
            throw Self.invalid(
                text, "indices begin at 0, so the last one is \(count - 1)/\(count)",
                "Let the array's indices begin at 0, too (--array=0-\(count - 1)).")
        }
        self = shard
    }

    /// `I/N`.
    public var description: String { "\(index)/\(count)" }

    /// Digits alone: no sign, no blank.
    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    private static func invalid(_ text: String, _ problem: String, _ recovery: String) -> CodError {
        CodError(
            .invalidIdentifier, "\(EntryName.printable(text)) is no shard: \(problem).", recovery: recovery, reach: .job)
    }
}

/// A parser of the product, what it must do for every input, and where to start from.
struct FuzzTarget: Sendable {
    let name: String
    /// Small inputs that reach far, made anew for every run.
    let seeds: @Sendable () throws -> [[UInt8]]
    /// Words of the format, for mutations.
    let words: [String]
    /// The longest input that makes sense, in bytes.
    let maximumByteCount: Int
    /// Parses an input. Throws a ``Finding`` when what must hold does not. Answers a number that is the same for outcomes of the
    /// same kind: which inputs are worth going on from.
    let run: @Sendable (FuzzInput) throws -> Int

    /// All that a program can drive. `studies` lies in an executable, which only tests can reach into.
    static let all = [tar, metadata, json, listing, link, log, records, answer]

    static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

import ArgumentParser
import CodCore

/// Which part of the whole is worked on.
struct ShardOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Only this one of N parts of about the same size, such as 0/4 to 3/4: disjoint, complete, the same on every machine.",
            valueName: "i/n"),
        transform: Self.read)
    var shard: Shard?

    private static func read(_ text: String) throws -> Shard {
        do { return try Shard(parsing: text) } catch {
            throw ValidationError([error.message, error.recovery].compactMap(\.self).joined(separator: " "))
        }
    }
}

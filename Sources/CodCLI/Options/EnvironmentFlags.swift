import ArgumentParser

/// The long flags of all commands, and the environment form of each: `--token-file` is `COD_TOKEN_FILE`. What they come to with a
/// configuration file is ``SettingLayers``' to say.
enum EnvironmentFlags {
    /// What may follow a flag.
    enum Kind {
        /// One value.
        case value
        /// Nothing; the variable says `1` or `0`.
        case flag
        /// One value, repeatable; the variable holds them with commas between.
        case values
    }

    private static let common: [String: Kind] = [
        "quiet": .flag, "verbose": .flag, "log-level": .value, "log-file": .value, "profile": .value,
    ]
    private static let source: [String: Kind] = [
        "studies-from": .value, "endpoint": .value, "token-file": .value, "token-command": .value, "user-project": .value,
        "ca-cert": .value, "insecure": .flag, "timeout": .value,
        "retries": .value, "series": .values, "instance": .values, "modality": .values, "skip-locked": .flag, "output": .value,
        "json": .flag,
        "series-description": .values, "where": .values, "every": .value,
    ]

    private static let access = source.filter {
        [
            "endpoint", "token-file", "token-command", "user-project", "ca-cert", "insecure", "timeout", "retries",
        ].contains($0.key)
    }

    private static let shard: [String: Kind] = ["shard": .value]

    private static let layout: [String: Kind] = ["layout": .value]

    private static let running: [String: Kind] = [
        "jobs": .value, "no-verify": .flag, "no-space-check": .flag, "dry-run": .flag,
        "limit-rate": .value, "max-bytes": .value, "report": .value,
    ]

    private static let zip: [String: Kind] = [
        "zip": .flag, "zip-only": .flag, "zip-dir": .value, "zip-level": .value, "zip-partial": .flag, "zip-date": .value,
    ]

    /// How to zip, and whether.
    static var zipFlags: Set<String> { Set(zip.keys) }

    /// What says that something is zipped; each takes the other's place.
    static let zipping: Set = ["zip", "zip-only"]

    /// What says where the token comes from; each takes the other's place.
    static let tokens: Set = ["token-file", "token-command"]

    /// Sets of flags of which each takes the others' place.
    static let exclusive: [Set<String>] = [["quiet", "verbose"], tokens, zipping]

    /// The long names of flags that have a short one.
    static let shortNames = ["o": "output", "j": "jobs", "n": "dry-run", "q": "quiet", "v": "verbose"]

    /// The long flags of each command.
    static let flags: [String: [String: Kind]] = [
        "stats": merge(common, source, shard, layout, ["zip-only": .flag, "zip-dir": .value]),
        "download": merge(common, source, shard, layout, running, zip),
        "plan": merge(common, source, shard, ["whole-studies": .flag]).filter { !["output", "json"].contains($0.key) },
        "run": merge(common, access, shard, running, zip, ["output": .value, "json": .flag]),
        "verify": merge(common, ["json": .flag]),
        "doctor": merge(common, access, ["studies-from": .value, "output": .value, "json": .flag]),
        "config": merge(common, ["json": .flag]),
        "demo": merge(common, ["output": .value, "seed": .value]),
        "serve": merge(
            common,
            [
                "port": .value, "bucket": .value, "prefix": .value, "require-token": .value, "page-size": .value,
            ]),
        "sample": merge(
            common,
            [
                "study-count": .value, "series-count": .value, "instance-count": .value, "size": .value, "seed": .value,
                "metadata-version": .value, "hashed": .flag, "multi-frame": .flag,
            ]),
    ]

    private static func merge(_ tables: [String: Kind]...) -> [String: Kind] {
        tables.reduce(into: [:]) { $0.merge($1) { $1 } }
    }

    /// The variable of a flag.
    static func variable(for flag: String) -> String {
        "COD_" + String(flag.uppercased().map { $0 == "-" ? "_" : $0 })
    }

    /// The kinds that a flag has, in any command; none for a name that no command has.
    static func kinds(of flag: String) -> Set<Kind> { Set(flags.values.compactMap { $0[flag] }) }

    /// The names of all flags of all commands.
    static var allNames: Set<String> { Set(flags.values.joined().map(\.key)) }

    /// The arguments with the flags that the environment sets and the command line does not, right behind the command's name.
    static func merging(_ arguments: [String], environment: [String: String]) throws -> [String] {
        try SettingLayers(arguments, environment: environment, config: nil).merged()
    }

    static func isOn(_ value: String, of variable: String) throws -> Bool {
        switch value.lowercased() {
        case "1", "true", "yes", "on": return true
        case "0", "false", "no", "off": return false
        default: throw ValidationError("\(variable) is \"\(value)\"; give 1 or 0.")
        }
    }
}

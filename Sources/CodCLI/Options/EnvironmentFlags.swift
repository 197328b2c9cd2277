import ArgumentParser

/// The environment form of every long flag: `--token-file` is `COD_TOKEN_FILE`. What the command line says wins.
///
/// Flags are added to the arguments before they are parsed, so that values are checked, and errors told, in one way.
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

    private static let common: [String: Kind] = ["quiet": .flag, "verbose": .flag, "log-level": .value]
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
    ]

    private static let zip: [String: Kind] = [
        "zip": .flag, "zip-only": .flag, "zip-dir": .value, "zip-level": .value, "zip-partial": .flag, "zip-date": .value,
    ]

    /// What says that something is zipped; each takes the other's place.
    private static let zipping: Set = ["zip", "zip-only"]

    /// What says where the token comes from; each takes the other's place.
    private static let tokens: Set = ["token-file", "token-command"]

    /// The long flags of each command.
    static let flags: [String: [String: Kind]] = [
        "stats": merge(common, source, shard, layout, ["zip-only": .flag, "zip-dir": .value]),
        "download": merge(common, source, shard, layout, running, zip),
        "plan": merge(common, source, shard, ["whole-studies": .flag]).filter { !["output", "json"].contains($0.key) },
        "run": merge(common, access, shard, running, zip, ["output": .value, "json": .flag]),
        "verify": merge(common, ["json": .flag]),
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

    /// The arguments with the flags that the environment sets and the command line does not, right behind the command's name.
    static func merging(_ arguments: [String], environment: [String: String]) throws -> [String] {
        guard let position = commandPosition(in: arguments) else { return arguments }
        var added: [String] = []
        for setting in settings(for: arguments, environment: environment) {
            let flag = "--\(setting.flag)"
            switch setting.kind {
            case .value: added.append("\(flag)=\(setting.value)")
            case .values: added += setting.value.split(separator: ",").map { "\(flag)=\($0)" }
            case .flag: if try isOn(setting.value, of: variable(for: setting.flag)) { added.append(flag) }
            }
        }
        return Array(arguments[...position]) + added + arguments[(position + 1)...]
    }

    /// The variables behind the flags that a message about a mistake names; whoever made it may not have typed them.
    static func variables(namedIn message: String, arguments: [String], environment: [String: String]) -> [String] {
        let words = message.split { !($0.isLetter || $0.isNumber || $0 == "-") }
        return settings(for: arguments, environment: environment).filter { words.contains("--\($0.flag)") }
            .map { variable(for: $0.flag) }
    }

    /// What the environment sets, and the command line does not, in the order of the flags' names.
    private static func settings(
        for arguments: [String], environment: [String: String]
    ) -> [(flag: String, kind: Kind, value: String)] {
        guard let position = commandPosition(in: arguments), let flags = flags[arguments[position]] else { return [] }
        var given = Set(arguments.prefix { $0 != "--" }.compactMap(longName))
        // Each of them takes the other's place.
        if !given.isDisjoint(with: ["quiet", "verbose"]) { given.formUnion(["quiet", "verbose"]) }
        if !given.isDisjoint(with: tokens) { given.formUnion(tokens) }
        if !given.isDisjoint(with: zipping) {
            if given.contains("zip-only") { given.insert("output") }
            given.formUnion(zipping)
        } else {
            let set = zipping.filter { flags[$0] != nil && isOn(environment[variable(for: $0)]) }
            // How to zip says nothing where nothing is to be zipped, nor does a folder for files where none are saved; on the command
            // line either would be a mistake.
            if set.isEmpty { given.formUnion(zip.keys) }
            if set == ["zip-only"] { given.insert("output") }
        }
        // How to divide says nothing where nothing is to be divided.
        if !given.contains("shard"), environment[variable(for: "shard")] ?? "" == "" { given.insert("whole-studies") }
        return flags.sorted { $0.key < $1.key }.compactMap { flag, kind in
            guard !given.contains(flag), let value = environment[variable(for: flag)], !value.isEmpty else { return nil }
            return (flag, kind, value)
        }
    }

    /// Where the command's name is.
    private static func commandPosition(in arguments: [String]) -> Int? { arguments.firstIndex { !$0.hasPrefix("-") } }

    /// The long name of a flag as it was given, or of its short form.
    private static func longName(_ argument: String) -> String? {
        if argument.hasPrefix("--") { return String(argument.dropFirst(2).prefix { $0 != "=" }) }
        let short = ["o": "output", "j": "jobs", "n": "dry-run", "q": "quiet", "v": "verbose"]
        guard argument.hasPrefix("-"), let letter = argument.dropFirst().first else { return nil }
        return short[String(letter)]
    }

    private static func isOn(_ value: String?) -> Bool { ["1", "true", "yes", "on"].contains(value?.lowercased()) }

    private static func isOn(_ value: String, of variable: String) throws -> Bool {
        switch value.lowercased() {
        case _ where isOn(value): return true
        case "0", "false", "no", "off": return false
        default: throw ValidationError("\(variable) is \"\(value)\"; give 1 or 0.")
        }
    }
}

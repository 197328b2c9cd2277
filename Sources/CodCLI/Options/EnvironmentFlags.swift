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
        "studies-from": .value, "endpoint": .value, "token-file": .value, "insecure": .flag, "timeout": .value,
        "series": .values, "instance": .values, "modality": .values, "output": .value, "json": .flag,
    ]

    /// The long flags of each command.
    static let flags: [String: [String: Kind]] = [
        "stats": merge(common, source),
        "download": merge(common, source, ["jobs": .value, "no-verify": .flag, "dry-run": .flag]),
        "demo": merge(common, ["output": .value, "seed": .value]),
        "serve": merge(
            common,
            [
                "port": .value, "bucket": .value, "prefix": .value, "require-token": .value, "page-size": .value,
            ]),
        "sample": merge(
            common,
            [
                "studies": .value, "series": .value, "instances": .value, "size": .value, "seed": .value,
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
        guard let position = arguments.firstIndex(where: { !$0.hasPrefix("-") }), let flags = flags[arguments[position]] else {
            return arguments
        }
        let given = Set(arguments.prefix { $0 != "--" }.compactMap(longName))
        var added: [String] = []
        for (flag, kind) in flags.sorted(by: { $0.key < $1.key }) where !given.contains(flag) {
            let variable = variable(for: flag)
            guard let value = environment[variable], !value.isEmpty else { continue }
            switch kind {
            case .value: added.append("--\(flag)=\(value)")
            case .values: added += value.split(separator: ",").map { "--\(flag)=\($0)" }
            case .flag: if try isOn(value, of: variable) { added.append("--\(flag)") }
            }
        }
        return Array(arguments[...position]) + added + arguments[(position + 1)...]
    }

    /// The long name of a flag as it was given, or of its short form.
    private static func longName(_ argument: String) -> String? {
        if argument.hasPrefix("--") { return String(argument.dropFirst(2).prefix { $0 != "=" }) }
        let short = ["o": "output", "j": "jobs", "n": "dry-run", "q": "quiet", "v": "verbose"]
        guard argument.hasPrefix("-"), let letter = argument.dropFirst().first else { return nil }
        return short[String(letter)]
    }

    private static func isOn(_ value: String, of variable: String) throws -> Bool {
        switch value.lowercased() {
        case "1", "true", "yes", "on": return true
        case "0", "false", "no", "off": return false
        default: throw ValidationError("\(variable) is \"\(value)\"; give 1 or 0.")
        }
    }
}

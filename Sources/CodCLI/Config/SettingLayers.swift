import ArgumentParser
import CodCore

/// What holds of all that a user may have said of a flag: command line, then environment, then the profile that is on, then the rest of
/// the configuration file. Pure.
///
/// What lower layers say is added to the arguments before they are parsed, so that values are checked, and errors told, in one way.
struct SettingLayers {
    /// Where a setting was made.
    enum Place: Equatable {
        case environment(variable: String)
        case config(line: Int, profile: String?)
    }

    struct Resolved: Equatable {
        let flag: String
        let setting: Config.Setting
        let place: Place
    }

    private struct Layer {
        let settings: [Resolved]
        /// Whether a token comes with it that takes the place of the flags for tokens in lower layers.
        var holdsToken = false
    }

    let words: CommandWords
    let environment: [String: String]
    let config: Config?

    init(_ arguments: [String], environment: [String: String], config: Config?) {
        words = CommandWords(arguments)
        (self.environment, self.config) = (environment, config)
    }

    /// The profile that is on, by the source, the flag or the environment; `nil` for none.
    var profileName: String? {
        words.sourceProfile ?? words.profile ?? environment["COD_PROFILE"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether only failures are to be told of.
    var isQuiet: Bool {
        words.given.contains("quiet") || (try? resolved())?.contains { $0.flag == "quiet" && $0.setting == .on } == true
    }

    /// The arguments with what the layers below add, right behind the command's name, and with the profile's source in the place of `@NAME`.
    func merged() throws -> [String] {
        guard let position = words.commandPosition, EnvironmentFlags.flags[words.arguments[position]] != nil else {
            return words.arguments
        }
        var rest = words.arguments
        if let name = words.sourceProfile, let sourcePosition = words.sourcePosition {
            rest[sourcePosition] = try source(ofProfile: name)
        }
        var added: [String] = []
        for setting in try resolved() {
            switch setting.setting {
            case .values(let values): added += values.map { "--\(setting.flag)=\($0)" }
            case .on: added.append("--\(setting.flag)")
            case .off: break
            }
        }
        return Array(rest[...position]) + added + rest[(position + 1)...]
    }

    /// What the layers below the command line say of the command's flags, each flag once, in the order of layers and names.
    func resolved() throws -> [Resolved] {
        guard let command = words.command, let flags = EnvironmentFlags.flags[command] else { return [] }
        return fitting(try resolved(flags: flags), flags)
    }

    /// The same for some flags, whether they fit together or not.
    func resolved(flags: [String: EnvironmentFlags.Kind]) throws -> [Resolved] {
        var decided = words.given
        for group in EnvironmentFlags.exclusive where !decided.isDisjoint(with: group) { decided.formUnion(group) }
        var resolved: [Resolved] = []
        for layer in try layers(flags, besides: decided) {
            let news = layer.settings.filter { !decided.contains($0.flag) }
            resolved += news
            decided.formUnion(news.map(\.flag))
            let effective = Set(news.lazy.filter { $0.setting != .off }.map(\.flag))
            for group in EnvironmentFlags.exclusive where !effective.isDisjoint(with: group) { decided.formUnion(group) }
            if layer.holdsToken { decided.formUnion(EnvironmentFlags.tokens) }
        }
        return resolved
    }

    /// The variables and keys behind the flags that a message about a mistake names; whoever made it may not have typed them.
    func origins(namedIn message: String) -> [String] {
        let named = message.split { !($0.isLetter || $0.isNumber || $0 == "-") }
        let found = ((try? resolved()) ?? []).filter { named.contains("--\($0.flag)") }
        let variables = found.compactMap { setting in
            if case .environment(let variable) = setting.place { variable } else { nil }
        }
        let keys = found.compactMap { setting -> String? in
            guard case .config(let line, let profile) = setting.place else { return nil }
            return "\(profile.map { "profile.\($0)." } ?? "")\(setting.flag) (line \(line))"
        }
        var lines: [String] = []
        if !variables.isEmpty { lines.append("From the environment: \(variables.joined(separator: ", ")).") }
        if !keys.isEmpty, let config {
            lines.append("From the configuration file \(config.path): \(keys.joined(separator: ", ")).")
        }
        return lines
    }

    /// Leaves out what says nothing on this command line.
    private func fitting(_ resolved: [Resolved], _ flags: [String: EnvironmentFlags.Kind]) -> [Resolved] {
        let typed = words.given.intersection(EnvironmentFlags.zipping)
        let zipping =
            typed.isEmpty
            ? Set(resolved.lazy.filter { $0.setting != .off }.map(\.flag)).intersection(EnvironmentFlags.zipping) : typed
        // How to zip says nothing where nothing is to be zipped, nor does a folder for files where none are saved; on the command
        // line either would be a mistake.
        var idle: Set<String> = zipping.isEmpty ? EnvironmentFlags.zipFlags : zipping == ["zip-only"] ? ["output"] : []
        // How to divide says nothing where nothing is to be divided.
        if !words.given.contains("shard"), !resolved.contains(where: { $0.flag == "shard" }) { idle.insert("whole-studies") }
        return resolved.filter { !idle.contains($0.flag) }
    }

    /// From the highest to the lowest. Of the environment nothing is looked at that the command line decides.
    private func layers(_ flags: [String: EnvironmentFlags.Kind], besides decided: Set<String>) throws -> [Layer] {
        let names = flags.sorted { $0.key < $1.key }
        var layers: [Layer] = []
        var variables: [Resolved] = []
        for (flag, kind) in names where !decided.contains(flag) {
            let variable = EnvironmentFlags.variable(for: flag)
            guard let value = environment[variable], !value.isEmpty else { continue }
            let setting: Config.Setting =
                switch kind {
                case .value: .values([value])
                case .values: .values(value.split(separator: ",").map(String.init))
                case .flag: try EnvironmentFlags.isOn(value, of: variable) ? .on : .off
                }
            variables.append(Resolved(flag: flag, setting: setting, place: .environment(variable: variable)))
        }
        // A token that is there by itself, in a link that was typed or in the environment, goes before a file's way to get one.
        let hasToken = environment["COD_TOKEN"].map { !$0.allSatisfy(\.isWhitespace) } ?? false
        layers.append(Layer(settings: variables, holdsToken: hasToken || Config.holdsToken(words.source)))
        guard let config else {
            if let profileName { throw Self.noFile(for: profileName, environment) }
            return layers
        }
        if let name = profileName {
            let profile = try config.profile(name)
            layers.append(
                Layer(
                    settings: Self.settings(profile.entries, names, profile: name),
                    holdsToken: words.sourceProfile != nil && Config.holdsToken(profile.source)))
        }
        layers.append(Layer(settings: Self.settings(config.entries, names, profile: nil)))
        return layers
    }

    private static func settings(
        _ entries: [String: Config.Entry], _ names: [(key: String, value: EnvironmentFlags.Kind)], profile: String?
    ) -> [Resolved] {
        names.compactMap { name, _ in
            entries[name].map {
                Resolved(flag: name, setting: $0.setting, place: .config(line: $0.line, profile: profile))
            }
        }
    }

    private func source(ofProfile name: String) throws(CodError) -> String {
        guard let config else { throw Self.noFile(for: name, environment) }
        if let typed = words.profile, typed != name {
            throw CodError(
                .invalidSource, "The source is of the profile \"\(name)\", and --profile is \"\(typed)\".",
                recovery: "Give one of them: @NAME switches the profile on, too.", reach: .job)
        }
        guard let source = try config.profile(name).source else {
            throw CodError(
                .invalidSource, "The profile \"\(name)\" in the configuration file \(config.path) has no source.",
                recovery: "Write source = \"…\" below [profile.\(name)], or give the source itself and --profile \(name).",
                reach: .job)
        }
        return source
    }

    private static func noFile(for name: String, _ environment: [String: String]) -> CodError {
        let place = Config.place(environment: environment)?.path
        return CodError(
            .invalidSource,
            "There is no profile \"\(name.prefix(100))\": there is no configuration file\(place.map { " \($0)" } ?? "").",
            recovery: "Write one with a table [profile.NAME], or name it in COD_CONFIG; a folder of that name is ./@NAME.",
            reach: .job)
    }
}

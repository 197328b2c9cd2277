/// What is set, and where, as `cod config` shows it. No token is in it.
struct ConfigListing {
    struct Content: Encodable, Equatable {
        struct Profile: Encodable, Equatable {
            let name: String
            let source: String?
            let isOn: Bool
        }

        struct Setting: Encodable, Equatable {
            let flag: String
            let value: String
            let from: String
        }

        var schema = 1
        let file: String?
        let isThere: Bool
        let profiles: [Profile]
        let settings: [Setting]
    }

    let content: Content

    init(place: String?, config: Config?, profile: String?, settings: [SettingLayers.Resolved]) {
        content = Content(
            file: place, isThere: config != nil,
            profiles: (config?.profiles ?? [:]).sorted { $0.key < $1.key }.map { name, content in
                Content.Profile(name: name, source: content.source.map(Self.shown), isOn: name == profile)
            },
            settings: settings.map { setting in
                Content.Setting(flag: setting.flag, value: Self.shown(setting), from: Self.shown(setting.place))
            }.sorted { $0.flag < $1.flag })
    }

    var lines: [String] {
        var lines = [
            "Configuration file: \(content.file ?? "none")\(content.isThere || content.file == nil ? "" : " (not there)")"
        ]
        for profile in content.profiles {
            lines.append(
                "  @\(profile.name)\(profile.isOn ? " (on)" : "")\(profile.source.map { "  \($0)" } ?? "")")
        }
        let width = content.settings.map { $0.flag.count + $0.value.count }.max() ?? 0
        for setting in content.settings {
            let text = "\(setting.flag) = \(setting.value)"
            let padding = String(repeating: " ", count: max(0, min(width, 60) + 3 - text.count))
            lines.append("\(text)\(padding)  \(setting.from)")
        }
        if content.settings.isEmpty { lines.append("Nothing is set beside the defaults.") }
        return lines
    }

    /// A link without all that follows its path.
    private static func shown(_ source: String) -> String {
        guard let query = source.firstIndex(where: { $0 == "?" || $0 == "#" }) else { return source }
        return "\(source[..<query])?…"
    }

    private static func shown(_ setting: SettingLayers.Resolved) -> String {
        switch setting.setting {
        case .on: return "true"
        case .off: return "false"
        case .values(let values):
            switch setting.flag {
            // What a server asks for is a secret by itself; a command may hold one.
            case "require-token": return "…"
            case "token-command":
                return values.map { "\($0.prefix { !$0.isWhitespace })\($0.contains(where: \.isWhitespace) ? " …" : "")" }
                    .joined(separator: ", ")
            default: return values.map(shown).joined(separator: ", ")
            }
        }
    }

    private static func shown(_ place: SettingLayers.Place) -> String {
        switch place {
        case .environment(let variable): "from \(variable)"
        case .config(let line, let profile):
            "from \(profile.map { "the profile \($0)" } ?? "the file"), line \(line)"
        }
    }
}

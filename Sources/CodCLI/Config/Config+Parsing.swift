import CodCore

extension Config {
    /// Reads the text of a file. Throws an error of usage that names the file, the line and the key, and never a value: that may be
    /// secret.
    ///
    /// - Parameter home: what `~/` stands for at the beginning of a path.
    init(parsing text: String, path: String, home: String?) throws(CodError) {
        self.init(path: path)
        let settings: [[String]: TOMLText.Entry]
        do { settings = try TOMLText.parse(text) } catch {
            throw Self.unusable(
                "line \(error.line): \(error.problem)", in: path, "A line is written like jobs = 16, or output = \"studies\".")
        }
        let reader = Reader(path: path, home: home)
        // In the order of lines, so that the first mistake is told of.
        for (name, entry) in settings.sorted(by: { ($0.value.line, $0.key.count) < ($1.value.line, $1.key.count) }) {
            switch (name.first, name.count) {
            case ("profile", 1):
                guard entry.value == .table else {
                    throw reader.unusable(
                        name, entry, "is \(entry.value.kind), and profiles are tables",
                        "Write [profile.NAME], and switch it on with --profile, COD_PROFILE, or @NAME in the place of the source."
                    )
                }
            case ("profile", 2): profiles[try reader.profileName(name, entry)] = Profile()
            case ("profile", 3) where name[2] == "source":
                profiles[name[1]]?.source = try reader.source(name, entry)
            case ("profile", 3): profiles[name[1]]?.entries[name[2]] = try reader.entry(name, entry)
            default: entries[name[0]] = try reader.entry(name, entry)
            }
        }
    }

    static func unusable(_ problem: String, in path: String, _ recovery: String) -> CodError {
        CodError(
            .invalidSource, "The configuration file \(path) cannot be used: \(problem).", recovery: recovery, reach: .job)
    }
}

/// Reads one file's entries.
private struct Reader {
    let path: String
    let home: String?

    /// Flags whose values are paths, in which the shell would have resolved `~/`.
    private static let paths: Set = ["output", "zip-dir", "token-file", "ca-cert", "studies-from"]

    func profileName(_ path: [String], _ found: TOMLText.Entry) throws(CodError) -> String {
        let name = path[1]
        guard found.value == .table else {
            throw unusable(path, found, "is no table", "Write [profile.NAME], and the keys below it.")
        }
        guard Self.isName(name) else {
            throw unusable(
                path, found, "is no name of a profile", "Names have the characters 0-9 A-Z a-z . _ - and 64 of them at most.")
        }
        return name
    }

    private static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }

    func source(_ path: [String], _ found: TOMLText.Entry) throws(CodError) -> String {
        guard case .text(let text) = found.value else {
            throw unusable(path, found, "is \(found.value.kind), and a source is a text", "Write it in quotation marks.")
        }
        return resolved(text)
    }

    func entry(_ path: [String], _ found: TOMLText.Entry) throws(CodError) -> Config.Entry {
        let (key, value) = (path.last ?? "", found.value)
        if path == ["source"] {
            throw unusable(
                path, found, "belongs into a profile", "Write [profile.NAME] above it; @NAME then stands for the source.")
        }
        if value == .table || path.count == 2 || path.count > 3 {
            throw unusable(path, found, "is no table of cod's", "Settings stand at the top, or below [profile.NAME].")
        }
        let kinds = EnvironmentFlags.kinds(of: key)
        guard !kinds.isEmpty, key != "profile" else {
            let known = EnvironmentFlags.allNames.subtracting(["profile"]).union(path.count > 1 ? ["source"] : [])
            let near = NearName.nearest(to: key, in: known).map { "; did you mean \($0)" } ?? ""
            throw unusable(
                path, found, "is no flag of any command\(near)", "Keys are the long names of flags: --output is output.")
        }
        // A flag has one kind in all commands that have it, or any of them fits.
        var problem = ""
        for kind in kinds {
            switch setting(key, value, kind) {
            case .success(let setting): return Config.Entry(setting: setting, line: found.line)
            case .failure(let mismatch): problem = mismatch.text
            }
        }
        throw unusable(path, found, "is \(value.kind), and \(problem)", "See cod help, or Documentation/Shell.md.")
    }

    private struct Mismatch: Error {
        let text: String
    }

    private func setting(
        _ key: String, _ value: ConfigValue, _ kind: EnvironmentFlags.Kind
    ) -> Result<Config.Setting, Mismatch> {
        switch (kind, value) {
        case (.flag, .truth(let isOn)): return .success(isOn ? .on : .off)
        case (.flag, _): return .failure(Mismatch(text: "--\(key) is on or off: write true or false"))
        case (_, .truth(false)): return .success(.off)
        case (.values, .list(let list)):
            let texts = list.compactMap { plain($0, of: key) }
            if texts.count == list.count { return .success(texts.isEmpty ? .off : .values(texts)) }
            return .failure(Mismatch(text: "--\(key) takes texts: write [\"…\", \"…\"]"))
        default:
            if let text = plain(value, of: key) { return .success(.values([text])) }
            return .failure(
                Mismatch(text: "--\(key) takes \(kind == .values ? "texts" : "one value"): write it in quotation marks"))
        }
    }

    /// A value as it would stand on the command line; `nil` for what cannot.
    private func plain(_ value: ConfigValue, of key: String) -> String? {
        switch value {
        case .text(let text): Self.paths.contains(key) ? resolved(text) : text
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        default: nil
        }
    }

    private func resolved(_ text: String) -> String {
        guard text.hasPrefix("~/"), let home else { return text }
        return "\(home)/\(text.dropFirst(2))"
    }

    func unusable(_ key: [String], _ found: TOMLText.Entry, _ problem: String, _ recovery: String) -> CodError {
        // A key may be anything, a token that lost its name as well.
        let name = key.map { $0.utf8.count > 64 ? "\($0.prefix(20))…" : $0 }.joined(separator: ".")
        return Config.unusable("line \(found.line), \"\(name)\" \(problem)", in: path, recovery)
    }
}

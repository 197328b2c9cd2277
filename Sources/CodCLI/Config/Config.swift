import CodCore

/// What a configuration file says: defaults for the long flags of all commands, and profiles, each a source with flags of its own.
struct Config: Equatable {
    /// What it says of one flag.
    enum Setting: Equatable {
        /// One value, or several of a flag that is repeatable.
        case values([String])
        /// A flag without a value is on.
        case on
        /// The flag is not set, whatever a lower layer says.
        case off
    }

    struct Entry: Equatable {
        let setting: Setting
        /// Where it stands, from 1 on.
        let line: Int
    }

    struct Profile: Equatable {
        /// What `@NAME` stands for in the place of a source.
        var source: String?
        var entries: [String: Entry] = [:]
    }

    /// The file.
    let path: String
    /// What holds whichever profile is on, by the names of flags.
    var entries: [String: Entry] = [:]
    var profiles: [String: Profile] = [:]
    /// The file's permission bits; `nil` where nobody has looked.
    var permissions: UInt16?

    /// The profile of a name; throws an error of usage that names the nearest.
    func profile(_ name: String) throws(CodError) -> Profile {
        if let profile = profiles[name] { return profile }
        let near = NearName.nearest(to: name, in: profiles.keys).map { " Did you mean \($0)?" } ?? ""
        let names = profiles.keys.sorted().prefix(20).joined(separator: ", ")
        throw CodError(
            .invalidSource, "There is no profile \"\(name.prefix(100))\" in the configuration file \(path).\(near)",
            recovery: profiles.isEmpty
                ? "Write a table [profile.NAME] into it."
                : "Give one of these: \(names); or write a table [profile.NAME] into it.",
            reach: .job)
    }

    /// What to tell the user of a file that holds a token and that others can read; `nil` where all is well.
    var exposure: String? {
        guard let permissions, permissions & 0o044 != 0, profiles.values.contains(where: { Self.holdsToken($0.source) }) else {
            return nil
        }
        let mode = String(permissions, radix: 8)
        return "The configuration file \(path) holds a token and can be read by others (mode \(mode)): chmod 600 \(path)"
    }

    /// Whether a source is a link with a token.
    static func holdsToken(_ source: String?) -> Bool {
        guard let source = source?.lowercased(), source.hasPrefix("http") else { return false }
        return source.contains("token=") || source.contains("token%3d")
    }
}

import CodCore
import Testing

@testable import CodCLI

@Suite("A flag goes before the environment, that before the profile, and that before the rest of the file")
struct SettingLayersTests {
    /// Who says something, from the highest to the lowest.
    enum Layer: Int, CaseIterable {
        case typed, environment, profile, file
    }

    private static func config(_ text: String) throws -> Config {
        try Config(parsing: text, path: "/c.toml", home: "/home/u")
    }

    private static func merged(
        _ arguments: [String], _ environment: [String: String] = [:], _ text: String = ""
    ) throws -> [String] {
        try SettingLayers(arguments, environment: environment, config: config(text)).merged()
    }

    /// All sets of layers.
    static let sets: [[Layer]] = (0..<16).map { bits in Layer.allCases.filter { bits & (1 << $0.rawValue) != 0 } }

    @Test("Of a flag with a value, of one that is on or off, and of a repeatable one the highest layer counts", arguments: sets)
    func precedence(layers: [Layer]) throws {
        var arguments = ["download", "gs://b", "--profile", "p"]
        var environment: [String: String] = [:]
        var (profile, file) = ("[profile.p]\n", "")
        for layer in layers {
            switch layer {
            case .typed: arguments += ["--jobs", "1", "--json", "--series", "s1"]
            case .environment: environment = ["COD_JOBS": "2", "COD_JSON": "0", "COD_SERIES": "s2,t2"]
            case .profile: profile += "jobs = 3\njson = true\nseries = [\"s3\", \"t3\"]\n"
            case .file: file = "jobs = 4\njson = false\nseries = \"s4\"\n"
            }
        }
        let expected: [String] =
            switch layers.first {
            case .environment: ["--jobs=2", "--series=s2", "--series=t2"]
            case .profile: ["--jobs=3", "--json", "--series=s3", "--series=t3"]
            case .file: ["--jobs=4", "--series=s4"]
            case .typed, nil: []
            }
        let merged = try Self.merged(arguments, environment, file + profile)
        #expect(merged == ["download"] + expected + arguments.dropFirst())
    }

    @Test(
        "Of flags that exclude each other the highest layer's counts; one that is off excludes nothing",
        arguments: [
            (["stats", "s", "-v"], [:], "quiet = true", []), (["stats", "s"], ["COD_QUIET": "1"], "verbose = true", ["--quiet"]),
            (["stats", "s"], ["COD_QUIET": "0"], "verbose = true", ["--verbose"]),
            (["stats", "s"], ["COD_QUIET": "0"], "quiet = true", []),
            (["stats", "s", "--token-file", "t"], [:], "token-command = \"c\"", []),
            (["stats", "s"], ["COD_TOKEN_FILE": "t"], "token-command = \"c\"", ["--token-file=t"]),
            (["stats", "s"], [:], "token-command = \"c\"", ["--token-command=c"]),
            (["stats", "s"], ["COD_TOKEN": "x"], "token-command = \"c\"", []),
            (["stats", "s"], ["COD_TOKEN": " "], "token-command = \"c\"", ["--token-command=c"]),
            (["stats", "https://p/b?token=x"], [:], "token-command = \"c\"", []),
            (["stats", "https://p/b?token=x"], ["COD_TOKEN_FILE": "t"], "", ["--token-file=t"]),
            (["download", "s"], ["COD_ZIP": "1"], "zip-only = true\nzip-level = 3", ["--zip", "--zip-level=3"]),
            (["download", "s", "--zip-only"], [:], "zip = true\noutput = \"o\"", []),
            (["download", "s"], ["COD_OUTPUT": "o"], "zip-only = true", ["--zip-only"]),
            (["download", "s"], ["COD_ZIP": "0"], "zip = true\nzip-dir = \"z\"", []),
            (["download", "s"], [:], "zip-dir = \"~/z\"\noutput = \"~/o\"", ["--output=/home/u/o"]),
            (["stats", "s"], [:], "zip = true\nzip-dir = \"z\"", []),
            (["verify", "d"], [:], "jobs = 16\njson = true", ["--json"]),
        ] as [([String], [String: String], String, [String])])
    func exclusive(arguments: [String], environment: [String: String], file: String, added: [String]) throws {
        #expect(try Self.merged(arguments, environment, file) == [arguments[0]] + added + arguments.dropFirst())
    }

    private static let profiles = """
        token-command = "c"
        [profile.a]
        source = "gs://bucket/a"
        jobs = 3
        [profile.b]
        source = "https://p.example/b?token=x"
        [profile.c]
        token-file = false
        token-command = false
        """

    @Test(
        "@NAME stands for the profile's source and switches the profile on; --profile and COD_PROFILE give flags alone",
        arguments: [
            (["download", "@a", "1.2"], [:], ["download", "--jobs=3", "--token-command=c", "gs://bucket/a", "1.2"]),
            (["download", "-o", "@a", "@a"], [:], ["download", "--jobs=3", "--token-command=c", "-o", "@a", "gs://bucket/a"]),
            (["download", "-qo", "@a", "@b"], [:], ["download", "-qo", "@a", "https://p.example/b?token=x"]),
            (["download", "--", "@a"], [:], ["download", "--jobs=3", "--token-command=c", "--", "gs://bucket/a"]),
            (
                ["download", "s", "--profile=a"], [:],
                ["download", "--jobs=3", "--token-command=c", "s", "--profile=a"]
            ),
            (
                ["download", "s"], ["COD_PROFILE": "a"],
                ["download", "--profile=a", "--jobs=3", "--token-command=c", "s"]
            ),
            (["download", "@b"], ["COD_PROFILE": "a"], ["download", "--profile=a", "https://p.example/b?token=x"]),
            (["download", "s", "@a"], [:], ["download", "--token-command=c", "s", "@a"]),
            (["download", "./@a"], [:], ["download", "--token-command=c", "./@a"]),
            (["download", "s", "--profile", "c"], [:], ["download", "s", "--profile", "c"]),
            (["verify", "@a"], [:], ["verify", "@a"]),
        ] as [([String], [String: String], [String])])
    func profiles(arguments: [String], environment: [String: String], merged: [String]) throws {
        #expect(try Self.merged(arguments, environment, Self.profiles) == merged)
    }

    @Test(
        "A profile that is not there, or has no source, or is another than the flag's is a mistake that says what there is",
        arguments: [
            (["stats", "@aa"], "Did you mean a?"), (["stats", "s", "--profile", "zzz"], "Give one of these: a, b, c"),
            (["stats", "@c"], "has no source"), (["stats", "@a", "--profile", "b"], "--profile is \"b\""),
            (["stats", "@"], "There is no profile \"\""),
        ])
    func mistakes(arguments: [String], words: String) throws {
        #expect {
            try Self.merged(arguments, [:], Self.profiles)
        } throws: { error in
            let error = error as? CodError
            return error?.code == .invalidSource && "\(error?.message ?? "") \(error?.recovery ?? "")".contains(words)
        }
        #expect(throws: CodError.self) { try SettingLayers(arguments, environment: [:], config: nil).merged() }
    }

    @Test("A flag has one kind, whichever command has it")
    func kinds() {
        for name in EnvironmentFlags.allNames { #expect(EnvironmentFlags.kinds(of: name).count == 1, "\(name)") }
    }

    @Test("Where a value comes from is told by line and profile")
    func origins() throws {
        let text = "timeout = 3\n[profile.a]\njobs = 0\n"
        let layers = SettingLayers(
            ["download", "s"], environment: ["COD_PROFILE": "a", "COD_RETRIES": "1"], config: try Self.config(text))
        #expect(
            layers.origins(namedIn: "--jobs is 0, --timeout, --retries, --zip") == [
                "From the environment: COD_RETRIES.",
                "From the configuration file /c.toml: profile.a.jobs (line 3), timeout (line 1).",
            ])
        #expect(layers.origins(namedIn: "nothing").isEmpty)
    }

    @Test("Near names", arguments: [("jbos", "jobs"), ("out-put", "output"), ("tokencommand", "token-command"), ("qqqqqq", nil)])
    func near(name: String, meant: String?) {
        #expect(NearName.nearest(to: name, in: EnvironmentFlags.allNames) == meant)
    }
}

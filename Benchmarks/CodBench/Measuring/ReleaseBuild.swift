import CodBenchKit

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Makes sure that nobody reads a figure of a debug build, or of an old one.
enum ReleaseBuild {
    /// With this in the environment nothing is built.
    private static let isDoneName = "COD_BENCH_NO_BUILD"

    /// Builds the `cod` that is measured. A debug build then builds itself for release too, and goes on as that.
    /// Throws when something cannot be built.
    static func require() async throws {
        #if DEBUG
            Console.say("this is a debug build; building the release (the first time takes some minutes)")
            try await build("cod")
            try await build("CodBench")
            setenv(isDoneName, "1", 1)
            let binary = "\(root)/.build/release/CodBench"
            let arguments = [binary] + CommandLine.arguments.dropFirst()
            var pointers = arguments.map { strdup($0) } + [nil]
            execv(binary, &pointers)
            throw Obstacle("\(binary) cannot be run: \(String(cString: strerror(errno)))")
        #else
            if getenv(isDoneName) == nil { try await build("cod") }
        #endif
    }

    /// The folder of the package that this was built from.
    static var root: String { #filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" } }

    private static func build(_ product: String) async throws {
        let command = ["swift", "build", "-c", "release", "--product", product, "--package-path", root]
        guard try await ChildProcess(command).run(discardingOutput: false).exitCode == 0 else {
            throw Obstacle("This failed: \(command.joined(separator: " "))")
        }
    }
}

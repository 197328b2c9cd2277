import ArgumentParser
import Foundation

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Makes sure that nobody reads a figure of a debug build.
enum ReleaseBuild {
    /// In a debug build: builds the release and goes on as that. Throws when it cannot be built.
    static func require() throws {
        #if DEBUG
            let root = #filePath.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" }
            complain("CodBench: this is a debug build; building the release (the first time takes some minutes).")
            for product in ["cod", "CodBench"] {
                let build = ChildProcess(["swift", "build", "-c", "release", "--product", product, "--package-path", root])
                guard try build.run(discardingOutput: false).exitCode == 0 else {
                    throw ValidationError("The release build failed; run: swift build -c release")
                }
            }
            let binary = "\(root)/.build/release/CodBench"
            let arguments = [binary] + CommandLine.arguments.dropFirst()
            var pointers = arguments.map { strdup($0) } + [nil]
            execv(binary, &pointers)
            throw ValidationError("\(binary) cannot be run: \(String(cString: strerror(errno)))")
        #endif
    }

    static func complain(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}

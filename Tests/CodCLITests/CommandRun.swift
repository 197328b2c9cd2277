import Foundation
import Testing

/// The built `cod`, run as a user runs it.
struct CommandRun {
    let exitCode: Int32
    let output: String
    let errors: String
    /// What was seen of the process while it ran.
    let findings: ProcessWatch.Findings

    /// The most memory that it held at a time, in bytes; `nil` where the system does not tell, and under a sanitizer, whose own would be
    /// counted.
    var peakMemory: Int64? { Sanitizer.isOn ? nil : findings.peakMemory }

    /// All that it printed.
    var everything: String { output + errors }

    /// The lines of standard output.
    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// Standard output's lines, each as a JSON object.
    func objects() throws -> [[String: Any]] {
        try lines.map { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
        }
    }

    /// Next to the test bundle.
    static let binary: String = {
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("cod").path
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
        return "\(root)/.build/debug/cod"
    }()

    /// Runs `cod` with arguments, in a clean environment but for `environment`, to its end.
    static func cod(
        _ arguments: [String], environment: [String: String] = [:], input: String = "", folder: String? = nil
    ) async throws -> CommandRun {
        try await run(binary, arguments, environment: environment, input: input, folder: folder)
    }

    /// Runs a program to its end. `whenStarted` is handed the process as soon as it runs; `configure` may change what it is given
    /// before that.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], input: String = "",
        folder: String? = nil, whenStarted: @escaping @Sendable (Process) -> Void = { _ in },
        configure: (Process) -> Void = { _ in }
    ) async throws -> CommandRun {
        let scratch = try Scratch()
        let (outPath, errPath, inPath) = (scratch.path("out"), scratch.path("err"), scratch.path("in"))
        for path in [outPath, errPath] { try Data().write(to: URL(fileURLWithPath: path)) }
        try Data(input.utf8).write(to: URL(fileURLWithPath: inPath))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        var all = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "LANG": "C.UTF-8", "TMPDIR": scratch.root]
        // A run that measures coverage tells its children where to write theirs; else they write into their folder.
        all["LLVM_PROFILE_FILE"] = ProcessInfo.processInfo.environment["LLVM_PROFILE_FILE"]
        // The same for a run under a sanitizer: without these its reports would go to the standard error that is looked at.
        for name in ["ASAN_OPTIONS", "TSAN_OPTIONS"] { all[name] = ProcessInfo.processInfo.environment[name] }
        all.merge(environment) { $1 }
        process.environment = all
        process.standardOutput = FileHandle(forWritingAtPath: outPath)
        process.standardError = FileHandle(forWritingAtPath: errPath)
        process.standardInput = FileHandle(forReadingAtPath: inPath)
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        configure(process)
        let watch = ProcessWatch()
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
                watch.watch(process.processIdentifier)
                whenStarted(process)
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        let run = CommandRun(
            exitCode: process.terminationStatus, output: try String(contentsOfFile: outPath, encoding: .utf8),
            errors: try String(contentsOfFile: errPath, encoding: .utf8), findings: watch.end())
        // Of every run: what it printed, and what it left where temporary files go.
        let leaks = Canary.leaks(below: scratch.root, except: ["in"])
        #expect(leaks.isEmpty, "The token is in \(leaks).")
        let mayStartOthers = arguments.contains("--token-command") || environment["COD_TOKEN_COMMAND"] != nil
        if program == binary, !mayStartOthers, let count = run.findings.childPageCount {
            #expect(count == 0, "It started a process.")
        }
        return run
    }
}

/// A folder for one test, removed with it.
final class Scratch: Sendable {
    let root: String

    /// `inMemory`: where the system has such a place; for thousands of files, which some disks take long to remove.
    init(inMemory: Bool = false) throws {
        let memory = "/dev/shm"
        let parent =
            inMemory && FileManager.default.isWritableFile(atPath: memory)
            ? URL(fileURLWithPath: memory) : FileManager.default.temporaryDirectory
        root = parent.appendingPathComponent("cod-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    /// All regular files below a folder in it, by their path below that, with their bytes; `.cod` and `log.json` are left out.
    func files(in name: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        let base = path(name)
        for case let file as String in FileManager.default.enumerator(atPath: base) ?? .init() {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: "\(base)/\(file)", isDirectory: &isFolder), !isFolder.boolValue,
                !file.hasPrefix(".cod/"), file != "log.json"
            else { continue }
            files[file] = try Data(contentsOf: URL(fileURLWithPath: "\(base)/\(file)"))
        }
        return files
    }

    /// The entries of `log.json` in a folder.
    func log(in name: String) throws -> [String] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path("\(name)/log.json")))
        let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        return object?["logs"] as? [String] ?? []
    }
}

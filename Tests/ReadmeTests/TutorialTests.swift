import CodCore
import CodTesting
import CodTransport
import Foundation
import TestSupport
import Testing

@Suite("The tutorials show programs that compile, and that do what the tutorials say")
struct TutorialTests {
    static let catalog = "Sources/CodRetrieve/CodRetrieve.docc"

    /// The files of code that the tutorials show, each once.
    static func shownFiles() throws -> Set<String> {
        let text = try ReadmeTests.files(in: catalog, endingIn: ".tutorial").map(ReadmeTests.text).joined()
        return Set(text.matches(of: /@Code\([^)]*file: "?([\w.-]+)"?/).map { String($0.1) })
    }

    @Test("Each file of code that is shown is compiled letter for letter, with its imports and no others")
    func compiled() throws {
        let shown = try Self.shownFiles()
        #expect(shown.count > 10)
        for file in shown where file.hasSuffix(".swift") && !file.contains("package") {
            let name = String(file.dropLast(".swift".count))
            let imports = try ReadmeTests.text("Tests/ReadmeTests/Tutorial/\(file)").split(separator: "\n")
                .filter { $0.hasPrefix("import ") }.map { "\($0)\n" }.joined()
            let body = try ReadmeTests.example(name, in: "Tutorial")
            #expect(try ReadmeTests.text("\(Self.catalog)/Resources/\(file)") == "\(imports)\n\(body)", "\(file)")
        }
    }

    @Test("All files of code that are there are shown, and all that are compiled")
    func complete() throws {
        func names(in folder: String) throws -> Set<String> {
            let all = try FileManager.default.contentsOfDirectory(atPath: "\(ReadmeTests.root)/\(folder)")
            return Set(all.filter { $0.first?.isNumber == true })
        }
        let shown = try Self.shownFiles()
        #expect(try names(in: "\(Self.catalog)/Resources") == shown)
        #expect(try names(in: "Tests/ReadmeTests/Tutorial") == shown.filter { !$0.contains("package") })
    }

    @Test("The manifest that is shown names products of this package, and is one that Swift can read")
    func manifest() throws {
        let file = "\(Self.catalog)/Resources/01-package-02.swift"
        let text = try ReadmeTests.text(file)
        let own = try ReadmeTests.text("Package.swift")
        let products = text.matches(of: /\.product\(name: "(\w+)", package: "cod-retrieve"\)/).map { String($0.1) }
        #expect(products.count > 4)
        for product in products { #expect(own.contains(".library(name: \"\(product)\""), "\(product)") }
        #expect(own.contains("name: \"cod-retrieve\""))

        let folder = try TemporaryFolder()
        try folder.put(text, at: "Package.swift")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["swift", "package", "--disable-sandbox", "--package-path", folder.path, "dump-package"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let read = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let package = try #require(try JSONSerialization.jsonObject(with: read) as? [String: Any])
        #expect(process.terminationStatus == 0)
        #expect(package["name"] as? String == "retrieve")
        #expect((package["targets"] as? [Any])?.count == 1)
    }

    /// Runs a program as if a folder had been given to it.
    private func run(_ program: some Program, in folder: TemporaryFolder) async throws {
        try await CommandLine.$arguments.withValue(["retrieve", folder.path]) { try await program.main() }
    }

    /// The instances that are saved below a folder.
    private func instances(in folder: TemporaryFolder) -> [String] {
        folder.everything.filter { $0.hasPrefix("studies/") && $0.hasSuffix(".dcm") }
    }

    @Test("The first program saves a study; the second tells of it, and finds all there when it is run again")
    func retrieving() async throws {
        let folder = try TemporaryFolder()
        try await run(RetrievingAStudy(), in: folder)
        let saved = instances(in: folder)
        #expect(saved.count == 32)
        try await run(WatchedRetrieval(), in: folder)
        #expect(instances(in: folder) == saved)
    }

    @Test("The steps in between work as well")
    func steps() async throws {
        let folder = try TemporaryFolder()
        let study = try StoreStep1().makeStore(in: folder["store"])
        let store = try await RetrievingAStudy().serveStore(in: folder["store"])
        let bucket = try PipelineStep1().openBucket(at: store.endpoint)
        let plan = try await PipelineStep2().openBucket(at: store.endpoint).catalog.plan(for: [study])
        let first = try await PipelineStep2().makePipeline(from: bucket, to: folder["studies"]).run(plan)
        let second = try await EventsStep1().retrieve(study, from: bucket, to: folder["studies"])
        let third = try await EventsStep1().retrieve(study, from: bucket, to: folder["others"])
        await store.stop()
        #expect(first.verifiedCount == 32 && first.isComplete)
        #expect(second.savedCount == 0 && second.skippedCount == 32)
        #expect(third.verifiedCount == 32 && third.isComplete)
    }

    @Test("What is lost between two runs is all that the second one fetches")
    func resuming() async throws {
        let folder = try TemporaryFolder()
        try await run(ResumedRetrieval(), in: folder)
        #expect(instances(in: folder).count == 32)

        let store = try await ResumedRetrieval().serveStore(in: folder["store"])
        let bucket = try ResumedRetrieval().openBucket(at: store.endpoint)
        let study = try #require(folder.names(in: "store/studies").first)
        for lost in instances(in: folder).prefix(3) { try FileManager.default.removeItem(atPath: folder[lost]) }
        let report = try await ResumedRetrieval().retrieve(study, from: bucket, to: folder["studies"])
        await store.stop()
        #expect(report.savedCount == 3 && report.skippedCount == 29)
    }

    @Test("With a zipper there is a zip of the study beside its folder")
    func zipping() async throws {
        let folder = try TemporaryFolder()
        try await run(ZippedRetrieval(), in: folder)
        let study = try #require(folder.names(in: "store/studies").first)
        #expect(instances(in: folder).count == 32)
        #expect(folder.names(in: "studies-zips") == ["\(study).zip"])
    }

    @Test("What is chosen is all that is saved")
    func choosing() async throws {
        let folder = try TemporaryFolder()
        let program = ChosenRetrieval()
        let study = try program.makeStore(in: folder["store"])
        let store = try await program.serveStore(in: folder["store"])
        let report = try await program.retrieve(
            study, from: program.openBucket(at: store.endpoint), to: folder["studies"])
        await store.stop()
        #expect(report.savedCount == 1 && report.isComplete)
        #expect(instances(in: folder).count == 1)
        #expect(folder.names(in: "studies-zips") == ["\(study).zip"])
    }
}

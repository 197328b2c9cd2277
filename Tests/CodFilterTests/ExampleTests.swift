import CodCore
import Foundation
import Testing

@Suite("The examples of Plugins/README.md")
struct ExampleTests {
    private static let package = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test("They are compiled here word for word, and are under 15 lines each")
    func sameText() throws {
        let readme = try String(contentsOf: Self.package.appending(path: "Plugins/README.md"), encoding: .utf8)
        let compiled = try String(
            contentsOf: Self.package.appending(path: "Tests/CodFilterTests/Examples.swift"), encoding: .utf8)
        let examples = readme.components(separatedBy: "```swift\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        #expect(examples.count == 3)
        for example in examples {
            #expect(compiled.contains(example), "\(example)")
            // The lines of code, without the comment and empty ones.
            let lines = example.split(separator: "\n").filter { !$0.hasPrefix("///") && !$0.allSatisfy(\.isWhitespace) }
            #expect(lines.count < 15, "\(example)")
        }
    }

    @Test("Plugins import CodCore alone")
    func imports() throws {
        let plugins = Self.package.appending(path: "Plugins")
        let files = FileManager.default.enumerator(at: plugins, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        let sources = files.filter { $0.pathExtension == "swift" }
        #expect(sources.count >= 2)
        for source in sources {
            let lines = try String(contentsOf: source, encoding: .utf8).split(separator: "\n")
            let modules = lines.filter {
                $0.contains(/^\s*(@\w+\s+)?((public|package|internal|private|fileprivate)\s+)?import\s/)
            }
            .compactMap { $0.split(separator: " ").last }
            #expect(Set(modules) == ["CodCore"], "\(source.lastPathComponent)")
        }
    }

    @Test("The stage refuses what is too short")
    func stage() async throws {
        let stream = InstanceStream.example([("short", 131), ("long", 132)])
        let events = try await MinimumSize().run(stream, in: StageContext()).summaries()
        #expect(events == ["refused short", "long"])
    }

    @Test("The sink reads everything and says that it has")
    func sink() async throws {
        let series = try await SizePrinter().run(.example([("a", 10), ("b", 0)]), in: StageContext())
        #expect(series.instances.map(\.instance.uid) == ["a", "b"])
        #expect(series.failures.isEmpty)
    }

    @Test("The finisher writes its list for complete studies alone")
    func finisher() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cod-\(UInt64.random(in: .min ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let series = try await SizePrinter().run(.example([("a", 10)]), in: StageContext())
        let list = FileList(folder: folder.path)
        let study = try await list.run(SavedStudy(uid: "1.2", series: [series]), in: StageContext())
        let path = try #require(study.artifacts.first)
        #expect(try String(contentsOf: URL(filePath: path), encoding: .utf8) == "nowhere/1.2/1.2.3/a\n")
        var incomplete = series
        incomplete.failures = [CodError(.instanceMissing, "It is not there.")]
        #expect(try await list.run(SavedStudy(uid: "1.3", series: [incomplete]), in: StageContext()).artifacts.isEmpty)
    }
}

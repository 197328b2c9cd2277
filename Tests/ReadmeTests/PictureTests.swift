import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Pictures of the terminal are text, small, and tell nothing of the machine that made them")
struct PictureTests {
    private static let folder = "Documentation/Pictures"

    private static let names: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "\(ReadmeTests.root)/\(folder)")
        return (names ?? []).filter { $0.hasSuffix(".svg") }.sorted()
    }()

    @Test("There are the pictures that Scripts/pictures.sh makes, and no others")
    func made() throws {
        let script = try ReadmeTests.text("Scripts/pictures.sh")
        let made = Set(script.matches(of: /\$pictures\/([a-z]+\.svg)/).map { String($0.1) })
        #expect(!made.isEmpty && made == Set(Self.names))
    }

    @Test("Each is text below 15 kB, with a title, and holds no font, image or path", arguments: names)
    func content(name: String) throws {
        let text = try ReadmeTests.text("\(Self.folder)/\(name)")
        #expect(text.utf8.count < 15_000)
        #expect(text.contains("<title>") && text.contains("<tspan") && text.contains(">cod "))
        for word in ["<image", "@font-face", "url(", "/home/", "/root", "/Users/", "/tmp", "/var/"] {
            #expect(!text.contains(word), "\(word)")
        }
    }

    @Test("Each picture that a document shows is there")
    func shown() throws {
        let documents =
            try FileManager.default.contentsOfDirectory(atPath: "\(ReadmeTests.root)/Documentation")
            .filter { $0.hasSuffix(".md") }.map { "Documentation/\($0)" } + ["README.md"]
        for document in documents {
            for match in try ReadmeTests.text(document).matches(of: /\]\((?:Documentation\/)?Pictures\/([^)]+)\)/) {
                #expect(Self.names.contains(String(match.1)), "\(document) shows \(match.1).")
            }
        }
    }
}

import CodCore
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("The recipes in Packaging fit the repository")
struct PackagingTests {
    private static let recipes = [
        "Packaging/Dockerfile", "Packaging/homebrew/cod-retrieve.rb", "Packaging/debian/control", "Packaging/debian/copyright",
        "Packaging/debian/lintian-overrides", "Packaging/try.sh", "Scripts/release.sh", "Scripts/deb.sh", "Scripts/artifacts.sh",
        ".dockerignore",
    ]

    /// What a pattern's group matches in a file, once each.
    private static func captures(_ pattern: Regex<(Substring, Substring)>, of path: String) throws -> Set<String> {
        Set(try ReadmeTests.text(path).matches(of: pattern).map { String($0.1) })
    }

    @Test("None repeats the version: it comes from CodVersion", arguments: recipes + ["Documentation/Installing.md"])
    func version(path: String) throws {
        #expect(!(try ReadmeTests.text(path).contains(CodVersion.current)))
    }

    @Test("Scripts/release.sh finds the version where it is")
    func versionSource() throws {
        // As sed does it.
        let found = try Self.captures(/static let current = "([0-9][0-9.]*)"/, of: "Sources/CodCore/CodVersion.swift")
        #expect(found == [CodVersion.current])
        #expect(try ReadmeTests.text("Scripts/release.sh").contains("Sources/CodCore/CodVersion.swift"))
    }

    @Test("Every file that they name is there", arguments: recipes + ["Documentation/Installing.md"])
    func files(recipe: String) throws {
        let path = /\b((?:Scripts|Packaging|Documentation|Sources|Tests)\/[A-Za-z0-9_\/.-]*[A-Za-z0-9])/
        for file in try Self.captures(path, of: recipe) {
            #expect(FileManager.default.fileExists(atPath: "\(ReadmeTests.root)/\(file)"), "\(file)")
        }
    }

    @Test("What an image is built from gets into the image's build")
    func dockerContext() throws {
        let allowed = try Self.captures(/(?m)^!(.*)$/, of: ".dockerignore")
        // This one is made by resolving, and need not be there before.
        for path in allowed.subtracting(["Package.resolved"]) {
            #expect(FileManager.default.fileExists(atPath: "\(ReadmeTests.root)/\(path)"), "\(path)")
        }
        // Documents that are packed, and the folders of the manifest's targets.
        let listed = try #require(try Self.captures(/for file in ([^;]*\.md);/, of: "Scripts/release.sh").first)
        let packed = listed.split(separator: " ").compactMap { $0.split(separator: "/").first }.map(String.init)
        let folders = try Self.captures(/path: "([A-Za-z]*)\//, of: "Package.swift")
        #expect(packed.count == 5 && folders.contains("Plugins"))
        #expect(allowed.isSuperset(of: folders.union(packed).union(["Package.swift", "Sources", "Scripts"])))
    }

    @Test("Images are built with a Swift that is new enough, and run on the Debian that they were built on")
    func images() throws {
        let dockerfile = try ReadmeTests.text("Packaging/Dockerfile")
        let build = try #require(dockerfile.firstMatch(of: /FROM swift:([0-9.]+)-([a-z]+) AS build/))
        let run = try #require(dockerfile.firstMatch(of: /FROM debian:([a-z]+)-slim/))
        #expect(build.2 == run.1)
        let tools = try #require(try ReadmeTests.text("Package.swift").firstMatch(of: /swift-tools-version: ([0-9.]+)/))
        #expect(build.1 == tools.1)
    }

    @Test("Scripts/deb.sh fills in every placeholder of the package's control file, and no other")
    func placeholders() throws {
        let places = try Self.captures(/(@[A-Z_]+@)/, of: "Packaging/debian/control")
        #expect(places.count == 5)
        #expect(try Self.captures(/-e "s\|(@[A-Z_]+@)\|/, of: "Scripts/deb.sh") == places)
    }

    @Test("Documentation/Installing.md tells how every placeholder of the formula is filled in")
    func formula() throws {
        let places = try Self.captures(/(@[A-Z_0-9]+@)/, of: "Packaging/homebrew/cod-retrieve.rb")
        #expect(places == ["@HOMEPAGE@", "@URL@", "@SHA256@"])
        #expect(try Self.captures(/-e "s\|(@[A-Z_0-9]+@)\|/, of: "Documentation/Installing.md") == places)
    }
}

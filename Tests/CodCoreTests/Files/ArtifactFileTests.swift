import CodCore
import TestSupport
import Testing

@Suite("Files that finishers make")
struct ArtifactFileTests {
    let temporary: TemporaryFolder

    init() throws {
        temporary = try TemporaryFolder()
    }

    @Test("A text is written over what was there, and nothing else is left", arguments: ["", "one line\n", "päckchen"])
    func writes(_ text: String) throws {
        try temporary.put("something older and longer", at: "list.txt")
        try ArtifactFile.write(text, to: temporary["list.txt"])
        #expect(temporary.text("list.txt") == text)
        #expect(temporary.names(in: "") == ["list.txt"])
    }

    @Test("A link in its place is replaced, and what it led to is untouched")
    func link() throws {
        try temporary.put("precious", at: "target")
        try temporary.makeLink("list.txt", to: "target")
        try ArtifactFile.write("new", to: temporary["list.txt"])
        #expect(temporary.text("target") == "precious")
        #expect(temporary.text("list.txt") == "new")
    }

    @Test("A folder in its place, and a folder that is not there, are told with the path, and nothing is left")
    func refused() throws {
        try temporary.makeFolder("list.txt/inside")
        for path in [temporary["list.txt"], temporary["absent/list.txt"]] {
            do {
                try ArtifactFile.write("new", to: path)
                Issue.record("\(path) was written")
            } catch {
                let error = error as? CodError
                #expect(error?.code == .writeFailed)
                #expect(error?.reach == .study)
                #expect(error?.message.contains(path) == true)
            }
        }
        #expect(temporary.everything == ["list.txt", "list.txt/inside"])
    }

    @Test("What a process left that was killed while it wrote the same file is removed; anything else stays")
    func leftovers() throws {
        let others = [
            ".list.txt..partial", ".list.txt.x.partial", ".list.txt.1.partial2", ".other.txt.1.partial", "list.txt.1.partial",
        ]
        for name in others + [".list.txt.1.partial", ".list.txt.18446744073709551615.partial"] {
            try temporary.put("half", at: name)
        }
        try temporary.makeFolder(".list.txt.2.partial")
        try temporary.makeLink(".list.txt.3.partial", to: "list.txt.1.partial")
        try ArtifactFile.write("new", to: temporary["list.txt"])
        #expect(temporary.names(in: "") == (others + [".list.txt.2.partial", ".list.txt.3.partial", "list.txt"]).sorted())
        #expect(temporary.text("list.txt") == "new")
        #expect(temporary.text("list.txt.1.partial") == "half")
    }

    @Test("What a living process is writing in the same place stays")
    func alive() throws {
        let living = try OpenFile.folder(at: temporary.path).create(".list.txt.7.partial")
        #expect(try living.lock(waiting: false))
        try ArtifactFile.write("new", to: temporary["list.txt"])
        withExtendedLifetime(living) { #expect(temporary.names(in: "") == [".list.txt.7.partial", "list.txt"]) }
        try ArtifactFile.write("newer", to: temporary["list.txt"])
    }

    @Test("Several who write the same file at once leave one whole text of theirs, and nothing else")
    func sideBySide() async throws {
        let path = temporary["list.txt"]
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    await #expect(throws: Never.self) {
                        try await offTaskThreads {
                            try ArtifactFile.write(String(repeating: "\(number)\n", count: 1000), to: path)
                        }
                    }
                }
            }
        }
        let lines = Set(try #require(temporary.text("list.txt")).split(separator: "\n"))
        #expect(lines.count == 1)
        #expect(temporary.names(in: "") == ["list.txt"])
    }

    @Test("A path without a name is refused", arguments: ["", "/"])
    func nameless(_ path: String) {
        #expect(throws: CodError.self) { try ArtifactFile.write("x", to: path) }
    }
}

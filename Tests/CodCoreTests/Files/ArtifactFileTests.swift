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

    @Test("A path without a name is refused", arguments: ["", "/"])
    func nameless(_ path: String) {
        #expect(throws: CodError.self) { try ArtifactFile.write("x", to: path) }
    }
}

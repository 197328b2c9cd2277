import SystemPackage
import TestSupport
import Testing

@testable import CodCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Files and folders by descriptor")
struct OpenFileTests {
    let temporary: TemporaryFolder
    let folder: OpenFile

    init() throws {
        temporary = try TemporaryFolder()
        folder = try OpenFile.folder(at: temporary.path)
    }

    private func names(in folder: OpenFile) throws -> [String] {
        var names: [String] = []
        try folder.forEachName { names.append($0) }
        return names.sorted()
    }

    @Test("A folder is made with those above it, once")
    func makesParents() throws {
        let path = FilePath(temporary["a/b/c"])
        _ = try OpenFile.makingFolder(at: path).create("file")
        #expect(try names(in: OpenFile.makingFolder(at: path)) == ["file"])
    }

    @Test("A file in the way to a folder is told as one")
    func fileInTheWay() throws {
        try temporary.put("x", at: "file")
        #expect(throws: Errno.notDirectory) { try OpenFile.makingFolder(at: FilePath(temporary["file"])) }
        #expect(throws: Errno.notDirectory) { try OpenFile.makingFolder(at: FilePath(temporary["file/below"])) }
        #expect(throws: Errno.notDirectory) { try folder.makingFolder("file") }
    }

    @Test("A link as a folder is refused, but for the one that the user named")
    func links() throws {
        try temporary.makeFolder("target")
        try temporary.makeLink("link", to: "target")
        try temporary.makeLink("nowhere", to: "absent")
        #expect(throws: Errno.self) { try folder.folder("link") }
        #expect(throws: Errno.self) { try folder.makingFolder("link") }
        #expect(throws: Errno.self) { try folder.makingFolder("nowhere") }
        #expect(throws: Errno.noSuchFileOrDirectory) { try OpenFile.makingFolder(at: FilePath(temporary["nowhere"])) }
        #expect(throws: Never.self) { try OpenFile.folder(at: temporary["link"]) }
        #expect(!temporary.exists("absent"))
    }

    @Test("A link as a file is neither read, nor appended to, nor created through")
    func linkedFiles() throws {
        try temporary.put("precious", at: "target")
        try temporary.makeLink("link", to: "target")
        try temporary.makeLink("nowhere", to: "absent")
        #expect(throws: Errno.tooManySymbolicLinkLevels) { try folder.openReading("link") }
        #expect(throws: Errno.tooManySymbolicLinkLevels) { try folder.openAppending("link") }
        #expect(throws: Errno.fileExists) { try folder.create("nowhere") }
        #expect(temporary.names(in: "") == ["link", "nowhere", "target"])
        #expect(temporary.text("target") == "precious")
    }

    @Test("A file is created once")
    func createsOnce() throws {
        _ = try folder.create("file")
        #expect(throws: Errno.fileExists) { try folder.create("file") }
    }

    @Test("What is appended comes after what was there")
    func appends() throws {
        for text in ["one", "two"] { try folder.openAppending("file").writeAll(ByteChunk(text.utf8)) }
        #expect(temporary.text("file") == "onetwo")
    }

    #if os(Linux)
        @Test("A nameless file is nowhere until it has a name, and does not take one that is in use")
        func nameless() throws {
            let file = try folder.createUnnamed()
            try file.writeAll(ByteChunk("new".utf8))
            #expect(try names(in: folder) == [])
            try folder.link(file, as: "file")
            #expect(temporary.text("file") == "new")
            try temporary.put("old", at: "other")
            #expect(throws: Errno.fileExists) { try folder.link(file, as: "other") }
            #expect(temporary.text("other") == "old")
        }
    #endif

    @Test("A rename replaces a file and a link, not what the link leads to")
    func renames() throws {
        try temporary.put("precious", at: "target")
        try temporary.makeLink("link", to: "target")
        try temporary.put("new", at: "sub/file")
        try folder.folder("sub").rename("file", to: folder, as: "link")
        #expect(temporary.text("link") == "new")
        #expect(temporary.text("target") == "precious")
        #expect(temporary.names(in: "sub") == [])
    }

    @Test("Status tells files, folders, links and others apart, and nothing from something")
    func status() throws {
        try temporary.put("12345", at: "file")
        try temporary.makeFolder("folder")
        try temporary.makeLink("link", to: "file")
        #expect(mkfifo(temporary["pipe"], 0o600) == 0)
        #expect(try folder.status(of: "file")?.kind == .file)
        #expect(try folder.status(of: "file")?.byteCount == 5)
        #expect(try folder.status(of: "folder")?.kind == .folder)
        #expect(try folder.status(of: "link")?.kind == .link)
        #expect(try folder.status(of: "pipe")?.kind == .other)
        #expect(try folder.status(of: "absent") == nil)
        #expect(throws: Errno.notDirectory) { try folder.status(of: "file/below") }
    }

    @Test("A pipe does not hold up who opens it for reading, and has no bytes to give")
    func pipe() throws {
        #expect(mkfifo(temporary["pipe"], 0o600) == 0)
        let pipe = try folder.openReading("pipe")
        #expect(throws: Errno.self) { try pipe.readChunk(at: 0, byteCount: 10) }
    }

    @Test("All names of a large folder come, each once, and again the next time")
    func allNames() throws {
        let expected = (0..<3000).map { "file-\($0)" }.sorted()
        for name in expected { _ = try folder.create(name) }
        #expect(try names(in: folder) == expected)
        #expect(try names(in: folder) == expected)
    }

    @Test("An error of the one who is told the names ends it and comes through")
    func namesEnd() throws {
        for name in ["a", "b", "c"] { _ = try folder.create(name) }
        var count = 0
        #expect(throws: CancellationError.self) {
            try folder.forEachName { _ in
                count += 1
                throw CancellationError()
            }
        }
        #expect(count == 1)
    }

    @Test("A file has no names in it")
    func namesOfFile() throws {
        let file = try folder.create("file")
        #expect(throws: Errno.notDirectory) { try file.forEachName { _ in } }
    }

    @Test("A lock is one holder's at a time, and goes with its descriptor")
    func locks() throws {
        var holder: OpenFile? = try folder.openAppending("lock")
        #expect(try holder?.lock(waiting: false) == true)
        let other = try folder.openAppending("lock")
        #expect(try !other.lock(waiting: false))
        holder = nil
        #expect(try other.lock(waiting: false))
    }

    @Test("A lock is given back with its file, also while a child process that has not begun yet shares the descriptor")
    func forkedLock() throws {
        var holder: OpenFile? = try folder.openAppending("lock")
        #expect(try holder?.lock(waiting: false) == true)
        // What a fork does to every descriptor until `exec` closes it.
        let child = try #require(try holder?.descriptor.duplicate())
        holder = nil
        let other = try folder.openAppending("lock")
        #expect(try other.lock(waiting: false))
        try child.close()
    }

    @Test("Removing what is not there, and a folder that is not empty, is told")
    func removes() throws {
        try temporary.put("x", at: "sub/file")
        #expect(throws: Errno.noSuchFileOrDirectory) { try folder.removeFile("absent") }
        #expect(throws: Errno.directoryNotEmpty) { try folder.removeFolder("sub") }
        try folder.folder("sub").removeFile("file")
        try folder.removeFolder("sub")
        #expect(try names(in: folder) == [])
    }

    @Test("Bringing to the disk works for files and folders")
    func syncs() throws {
        let file = try folder.create("file")
        try file.sync()
        try folder.sync()
        try folder.syncFileSystem()
    }

    @Test("A call off the task threads answers and throws what its body does")
    func offThreads() async throws {
        #expect(try await offTaskThreads { 7 } == 7)
        await #expect(throws: Errno.noSpace) { try await offTaskThreads { throw Errno.noSpace } }
    }
}

import Testing

@testable import CodCLI

@Suite("How many connections a limit of open files has room for")
struct OpenFileLimitTests {
    @Test("As many as are wanted, or as fit, or none", arguments: [1, 2, 8, 96], [1, 8, 64, 256])
    func connectionCount(threadCount: Int, wanted: Int) {
        func count(_ limit: Int) -> Int { OpenFileLimit.connectionCount(upTo: wanted, limit: limit, threadCount: threadCount) }
        func files(_ count: Int) -> Int { OpenFileLimit.fileCount(connectionCount: count, threadCount: threadCount) }
        for fitting in [1, 2, wanted] where fitting <= wanted {
            #expect(count(files(fitting)) == fitting)
            #expect(count(files(fitting) - 1) == fitting - 1)
        }
        for limit in [files(wanted) + 1, 1 << 20, .max] { #expect(count(limit) == wanted) }
        for limit in [0, 3, files(0)] { #expect(count(limit) == 0) }
    }

    @Test("The most jobs that may be asked for fit into what the limit is raised to")
    func most() {
        #expect(OpenFileLimit.connectionCount(upTo: 256, limit: 65_536, threadCount: 1024) == 256)
    }
}

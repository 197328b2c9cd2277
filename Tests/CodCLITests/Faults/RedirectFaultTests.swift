import CodCore
import CodTesting
import Foundation
import Testing

@Suite("Redirects are followed only where that is safe, and the token stays at home", .timeLimit(.minutes(5)))
struct RedirectFaultTests {
    @Test("fault 49: a redirect to another origin is followed without the token; the next request has it again")
    func otherOrigin() async throws {
        try await ServedStore.with(seriesCount: 2) { store in
            let moved = store.written.series[0]
            // A second store over the same objects, that lets in everybody.
            try await LoopbackStore.withStore(bucketName: "test-bucket", folder: store.written.writer.folder) { other in
                store.server.script(
                    matching: .object(name: moved.archiveName),
                    faults: [.redirect(to: "\(other.endpoint)/test-bucket/\(moved.archiveName)", status: 302)])
                try store.expectWhole(try await store.fetch("--jobs", "1"))
                #expect(other.log.map(\.objectName) == [moved.archiveName] && other.log.first?.token == nil)
                #expect(other.log.first?.headers["authorization"] == nil && Canary.leaks(in: other.log).isEmpty)
                #expect(store.server.log.allSatisfy { $0.token == ServedStore.token })
            }
        }
    }

    @Test("fault 49: a redirect to a login page fails the series; the page is not taken for the archive")
    func loginPage() async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            try await LoopbackStore.withStore { portal in
                portal.script(
                    matching: .any, faults: [], thenAlways: .status(200, body: "<!DOCTYPE html><p>Please log in</p>"))
                store.server.script(
                    matching: .object(name: bad.archiveName), faults: [],
                    thenAlways: .redirect(to: "\(portal.endpoint)/login", status: 302))
                try await expectAlone(bad, in: store, naming: "it redirects to a web page on \(portal.endpoint)")
                #expect(portal.log.count == 1 && portal.log.first?.headers["authorization"] == nil)
                #expect(store.requests(for: bad.archiveName).count == 1)
            }
        }
    }

    @Test("fault 49: redirects that run in circles end after five")
    func circle() async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            store.server.script(
                matching: .object(name: bad.archiveName), faults: [],
                thenAlways: .redirect(to: "\(store.endpoint)/test-bucket/\(bad.archiveName)"))
            try await expectAlone(bad, in: store, naming: "it redirects more than 5 times")
            #expect(store.requests(for: bad.archiveName).count == 6)
        }
    }

    @Test(
        "fault 49: a redirect into the open, or to nowhere, is not followed",
        arguments: ["http://storage.example/b/o", "ftp://storage.example/x", "http://", ""])
    func refused(address: String) async throws {
        try await ServedStore.with { store in
            let bad = store.written.series[1]
            store.server.script(
                matching: .object(name: bad.archiveName), faults: [], thenAlways: .redirect(to: address))
            try await expectAlone(bad, in: store, naming: "it redirects to")
            #expect(store.requests(for: bad.archiveName).count == 1)
        }
    }

    @Test("fault 49: a listing that is redirected to a login page ends the run with what is the matter")
    func listing() async throws {
        try await ServedStore.with { store in
            try await LoopbackStore.withStore { portal in
                portal.script(
                    matching: .any, faults: [], thenAlways: .status(200, body: "<!DOCTYPE html><p>Please log in</p>"))
                store.server.script(
                    matching: .list, faults: [], thenAlways: .redirect(to: "\(portal.endpoint)/login", status: 302))
                let run = try await store.fetch()
                run.expect(1, naming: store.study, "it redirects to a web page on \(portal.endpoint)")
                #expect(portal.log.count == 1 && portal.log.first?.headers["authorization"] == nil)
            }
        }
    }

    /// Expects that one series fails, with these words, and the others are saved.
    private func expectAlone(
        _ bad: WrittenSeries, in store: ServedStore, naming words: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let run = try await store.fetch()
        run.expect(1, naming: "\(bad.id): ", words, "1 series\n  \(bad.id)\n", sourceLocation: sourceLocation)
        let others = try store.files().filter { !$0.key.hasPrefix("\(bad.id)/") }
        #expect(try store.scratch.files(in: "out") == others, sourceLocation: sourceLocation)
    }
}

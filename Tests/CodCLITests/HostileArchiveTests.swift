import CodTesting
import Foundation
import Testing

private typealias Route = HostileStore.Route

@Suite("A hostile or broken tar never writes outside of the folder, never crashes, and fails its series alone")
struct HostileArchiveTests {
    @Test("fault 32: names that lead out of the folder", arguments: Route.allCases)
    fileprivate func traversal(route: Route) async throws {
        for name in ["../evil.dcm", "instances/../../../../evil.dcm", "a/..", "..", "instances/..\\..\\evil.dcm"] {
            try await expectContained(by: route, ) { tar, _ in tar.addPAX(["path": name], then: [1, 2, 3]) }
        }
    }

    @Test("fault 32: absolute names, and those of Windows", arguments: Route.allCases)
    fileprivate func absoluteNames(route: Route) async throws {
        try await expectContained(by: route, naming: "is absolute") { tar, store in
            tar.addPAX(["path": store.scratch.path("evil.dcm")], then: [1, 2, 3])
            tar.addPAX(["path": store.secret], then: [1, 2, 3])
            tar.addPAX(["path": "C:\\evil.dcm"], then: [1, 2, 3])
        }
    }

    @Test("fault 33: symbolic links", arguments: Route.allCases)
    fileprivate func symlink(route: Route) async throws {
        // A link to a folder outside, the instance by way of it; and a link that stands in the place of the instance.
        try await expectContained(by: route, naming: "is a link") { tar, store in
            tar.addPAX(["path": "instances", "linkpath": store.scratch.root], then: [], type: "2")
            tar.addPAX(["path": "instances/\(HostileStore.listed).dcm", "linkpath": store.secret], then: [], type: "2")
        }
    }

    @Test("fault 33: hard links", arguments: Route.allCases)
    fileprivate func hardlink(route: Route) async throws {
        try await expectContained(by: route, naming: "is a link") { tar, store in
            tar.addPAX(
                ["path": "instances/\(HostileStore.listed).dcm", "linkpath": store.secret], then: [1, 2, 3], type: "1")
        }
    }

    @Test("fault 33: devices and pipes", arguments: Route.allCases)
    fileprivate func device(route: Route) async throws {
        try await expectContained(by: route, naming: "is no regular file") { tar, _ in
            for type in ["3", "4", "6"] as [Character] { tar.add("instances/evil.dcm", type: type) }
        }
    }

    @Test("fault 34: an instance that comes twice with other bytes", arguments: Route.allCases)
    fileprivate func duplicateNames(route: Route) async throws {
        let store = try HostileStore()
        try store.setArchive(listedTwice)
        try await store.expectContained(by: route, naming: HostileStore.listed)
    }

    @Test(
        "fault 34: of an instance that comes twice with other bytes and has no checksum nothing is kept, in any run",
        arguments: Route.allCases)
    fileprivate func duplicateNamesWithoutChecksum(route: Route) async throws {
        let store = try HostileStore()
        var defects = SeriesDefects.none
        defects.offsets = .omitted
        defects.omitsChecksums = true
        try store.writer.writeSeries(
            study: HostileStore.study, series: HostileStore.bad,
            instances: [(uid: HostileStore.listed, bytes: HostileStore.listedBytes)], defects: defects)
        try store.setArchive(listedTwice)
        for _ in 0..<2 {
            try await store.expectContained(by: route, naming: "\(HostileStore.listed): ", "twice")
            #expect(try !store.savesListed())
        }
    }

    @Test("fault 32: names that are too long", arguments: Route.allCases)
    fileprivate func overlongNames(route: Route) async throws {
        let long = String(repeating: "e", count: 300)
        let run = try await expectContained(by: route) { tar, _ in
            tar.addPAX(["path": "instances/\(long).dcm"], then: [1, 2, 3])
            tar.addPAX(["path": Array(repeating: long, count: 300).joined(separator: "/") + ".dcm"], then: [1, 2, 3])
            tar.addPAX(["path": "instances/" + String(repeating: "7", count: 129) + ".dcm"], then: [1, 2, 3])
        }
        #expect(run.errors.utf8.count < 5000)
        try await expectContained(by: route, naming: "100005 bytes") { tar, _ in
            tar.add("././@LongLink", Array((String(repeating: "e", count: 100_000) + ".dcm\0").utf8), type: "L")
            tar.add("evil", [1, 2, 3])
        }
    }

    @Test("fault 32: NUL and control characters in a PAX path", arguments: Route.allCases)
    fileprivate func controlCharacters(route: Route) async throws {
        // That none of them gets to the terminal is expected of every run.
        try await expectContained(by: route, naming: "control characters") { tar, _ in
            for character in ["\0", "\n", "\r", "\t", "\u{1B}[2J", "\u{7F}"] {
                tar.addPAX(["path": "instances/evil\(character).dcm"], then: [1, 2, 3])
            }
        }
    }

    @Test("fault 30: an archive that is cut off in the store", arguments: Route.allCases, [0, 1, 511, 512, 700, 1024 + 699])
    fileprivate func truncatedArchive(route: Route, byteCount: Int) async throws {
        let store = try HostileStore()
        var tar = HostileTar()
        tar.add("instances/", type: "5")
        tar.add("instances/\(HostileStore.listed).dcm", HostileStore.listedBytes)
        tar.finish()
        try store.setArchive(Array(tar.bytes.prefix(byteCount)))
        try await store.expectContained(by: route)
    }

    @Test(
        "fault 36: sizes that overflow, in octal and base 256", arguments: Route.allCases,
        [
            Array("77777777777\0".utf8), [0x80] + Array(repeating: 0xFF, count: 11), [0xFF] + Array(repeating: 0xFF, count: 11),
            [0x80, 0, 0, 0, 0x7F] + Array(repeating: 0xFF, count: 7), Array("99999999999\0".utf8), Array("-0000000001\0".utf8),
        ])
    fileprivate func overflowingSizes(route: Route, sizeField: [UInt8]) async throws {
        try await expectContained(by: route) { tar, _ in tar.add("instances/evil.dcm", [1, 2, 3], sizeField: sizeField) }
    }

    @Test(
        "fault 35: sizes in PAX headers that overflow or are none", arguments: Route.allCases,
        ["9223372036854775807", "9223372036854775808", "99999999999999999999999", "-1", "1e3"])
    fileprivate func overflowingPAXSizes(route: Route, size: String) async throws {
        try await expectContained(by: route) { tar, _ in
            tar.addPAX(["path": "instances/evil.dcm", "size": size], then: [1, 2, 3])
        }
    }

    @Test("fault 31: what is no tar: a page, zeros, noise", arguments: Route.allCases)
    fileprivate func noTar(route: Route) async throws {
        let page = Array("<!DOCTYPE html><html><body>Please log in</body></html>".utf8)
        for bytes in [page, [UInt8](repeating: 0, count: 10_240), (0..<10_240).map { UInt8(truncatingIfNeeded: $0 &* 89) }] {
            let store = try HostileStore()
            try store.setArchive(bytes)
            try await store.expectContained(by: route)
        }
    }

    /// A tar in which the listed instance comes twice, with other bytes the second time.
    private var listedTwice: [UInt8] {
        var tar = HostileTar()
        for bytes in [HostileStore.listedBytes, HostileStore.listedBytes.reversed()] {
            tar.add("instances/\(HostileStore.listed).dcm", bytes)
        }
        tar.finish()
        return tar.bytes
    }

    /// A tar of what `add` adds, and behind it the instance that the metadata lists.
    @discardableResult
    private func expectContained(
        by route: Route, naming words: String..., sourceLocation: SourceLocation = #_sourceLocation,
        _ add: (inout HostileTar, HostileStore) -> Void
    ) async throws -> CommandRun {
        let store = try HostileStore()
        var tar = HostileTar()
        add(&tar, store)
        tar.add("instances/\(HostileStore.listed).dcm", HostileStore.listedBytes)
        tar.finish()
        try store.setArchive(tar.bytes)
        let run = try await store.expectContained(by: route, sourceLocation: sourceLocation)
        for word in words { #expect(run.errors.contains(word), "\(run.errors)", sourceLocation: sourceLocation) }
        return run
    }
}

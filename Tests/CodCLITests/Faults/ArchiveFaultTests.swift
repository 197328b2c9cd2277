import CodTesting
import Foundation
import Testing

private typealias Route = HostileStore.Route

@Suite("A tar of any format is read, and one that is damaged or strange fails its series alone")
struct ArchiveFaultTests {
    private static let name = "instances/\(HostileStore.listed).dcm"
    /// Longer than the 100 bytes of a header's name.
    private static let longName = String(repeating: "folder/", count: 20) + name

    @Test(
        "fault 30: an archive without its end mark, with half of it, or without its last padding is whole",
        arguments: Route.allCases)
    fileprivate func withoutEndMark(route: Route) async throws {
        var tar = HostileTar()
        tar.add(Self.name, HostileStore.listedBytes)
        let padding = -HostileStore.listedBytes.count & 511
        for bytes in [tar.bytes, tar.bytes + [UInt8](repeating: 0, count: 512), tar.bytes.dropLast(padding)] {
            let store = try HostileStore()
            try store.setArchive(bytes)
            try await store.expectWhole(by: route)
        }
    }

    @Test(
        "fault 31: a header whose checksum is wrong fails the series at that byte; what came whole before it is kept",
        arguments: Route.allCases)
    fileprivate func wrongHeaderChecksum(route: Route) async throws {
        let store = try HostileStore()
        var tar = HostileTar()
        tar.add(Self.name, HostileStore.listedBytes)
        let offset = tar.bytes.count
        tar.add("instances/1.2.3.66.2.dcm", [1, 2, 3])
        tar.finish()
        var bytes = tar.bytes
        bytes[offset + 20] ^= 1
        try store.setArchive(bytes)
        let run = try await store.expectContained(by: route, naming: "checksum")
        #expect(run.errors.contains("This is at byte \(offset) of "), "\(run.errors)")
        #expect(try store.savesListed())
    }

    @Test("fault 31: garbage between entries fails the series at that byte", arguments: Route.allCases)
    fileprivate func garbage(route: Route) async throws {
        let store = try HostileStore()
        var tar = HostileTar()
        tar.add("instances/", type: "5")
        tar.add((0..<512).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ 7) })
        tar.add(Self.name, HostileStore.listedBytes)
        tar.finish()
        try store.setArchive(tar.bytes)
        let run = try await store.expectContained(by: route)
        #expect(run.errors.contains("This is at byte 512 of "), "\(run.errors)")
        #expect(try !store.savesListed())
    }

    @Test(
        "fault 33: sparse entries are not extracted, whichever way they are marked, and what follows them is",
        arguments: Route.allCases)
    fileprivate func sparse(route: Route) async throws {
        let store = try HostileStore()
        var tar = HostileTar()
        tar.add("instances/evil.dcm", [1, 2, 3], type: "S", mark: "ustar  \u{0}")
        tar.addPAX(["GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "instances/evil.dcm"], then: [1, 2, 3])
        tar.add(Self.name, HostileStore.listedBytes)
        tar.finish()
        try store.setArchive(tar.bytes)
        try await store.expectContained(by: route, naming: "is no regular file")
        #expect(try store.savesListed())
    }

    @Test(
        "fault 33: links that stand where instances or their folders belong are never written through",
        arguments: ["instance", "instances", "series", "study"])
    func plantedLinks(place: String) async throws {
        let store = try HostileStore()
        var tar = HostileTar()
        tar.add(Self.name, HostileStore.listedBytes)
        tar.finish()
        try store.setArchive(tar.bytes)
        let series = "out/\(HostileStore.study)/\(HostileStore.bad)"
        let path = [
            "instance": "\(series)/\(Self.name)", "instances": "\(series)/instances", "series": series,
            "study": "out/\(HostileStore.study)",
        ][place]
        let link = store.scratch.path(try #require(path))
        let files = FileManager.default
        try files.createDirectory(
            atPath: (link as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try files.createDirectory(atPath: store.scratch.path("elsewhere"), withIntermediateDirectories: true)
        let victim = store.scratch.path("elsewhere/victim")
        try "mine".write(toFile: victim, atomically: true, encoding: .utf8)
        let destination = place == "instance" ? victim : store.scratch.path("elsewhere")
        try files.createSymbolicLink(atPath: link, withDestinationPath: destination)

        let run = try await store.download(by: .http)
        #expect(try String(contentsOfFile: victim, encoding: .utf8) == "mine")
        #expect(try files.contentsOfDirectory(atPath: store.scratch.path("elsewhere")) == ["victim"])
        if place == "instance" {
            // The link itself gives way to the file.
            run.expect(0, naming: "all verified")
            #expect(try Data(contentsOf: URL(fileURLWithPath: link)) == Data(HostileStore.listedBytes))
            #expect(try files.attributesOfItem(atPath: link)[.type] as? FileAttributeType == .typeRegular)
        } else {
            #expect(run.exitCode != 0 && run.errors.contains(HostileStore.study), "\(run.errors)")
        }
    }

    @Test("fault 34: an instance that comes twice with the same bytes is saved once, and no failure", arguments: Route.allCases)
    fileprivate func sameTwice(route: Route) async throws {
        try await expectWhole(by: route) { tar in
            tar.add(Self.name, HostileStore.listedBytes)
            tar.add(Self.name, HostileStore.listedBytes)
        }
    }

    @Test("fault 35: names, sizes and times in PAX headers, of one entry or of all, are read", arguments: Route.allCases)
    fileprivate func pax(route: Route) async throws {
        let size = "\(HostileStore.listedBytes.count)"
        try await expectWhole(by: route) { tar in
            tar.addPAX(["path": Self.longName, "mtime": "1704110400.1234567"], then: HostileStore.listedBytes)
        }
        try await expectWhole(by: route) { tar in
            tar.addPAX(
                ["mtime": "1704110400.1234567", "size": size, "path": Self.name], then: HostileStore.listedBytes,
                sizeField: HostileTar.octal(0))
        }
        try await expectWhole(by: route) { tar in
            tar.addGlobalPAX(["path": "instances/of-no-matter.txt", "comment": "for all"])
            tar.addPAX(["path": Self.name], then: HostileStore.listedBytes)
        }
    }

    @Test("fault 36: GNU long names, base-256 sizes, V7 headers and ustar prefixes are read", arguments: Route.allCases)
    fileprivate func otherFormats(route: Route) async throws {
        let bytes = HostileStore.listedBytes
        try await expectWhole(by: route) { tar in
            tar.add("././@LongLink", Array("\(Self.longName)\0".utf8), type: "L", mark: "ustar  \u{0}")
            tar.add("cut", bytes, mark: "ustar  \u{0}")
        }
        try await expectWhole(by: route) { tar in
            let size = [0x80] + [UInt8](repeating: 0, count: 9) + [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)]
            tar.add(Self.name, bytes, sizeField: size, mark: "ustar  \u{0}")
        }
        try await expectWhole(by: route) { tar in tar.add(Self.name, bytes, type: "\0", mark: "") }
        try await expectWhole(by: route) { tar in
            tar.add("\(HostileStore.listed).dcm", bytes, prefix: String(repeating: "folder/", count: 20) + "instances")
        }
    }

    @Test(
        "fault 37: an instance of no bytes is saved; an empty archive is a success where nothing is listed, and a failure else",
        arguments: Route.allCases)
    fileprivate func nothing(route: Route) async throws {
        for archive in [[], [UInt8](repeating: 0, count: 512), [UInt8](repeating: 0, count: 10_240)] {
            let missing = try HostileStore()
            try missing.setArchive(archive)
            try await missing.expectContained(by: route)

            let unlisted = try HostileStore()
            try unlisted.setArchive(archive)
            try unlisted.setMetadata(Array(#"{"cod":{"instances":{}}}"#.utf8))
            let run = try await unlisted.download(by: route)
            run.expect(0, naming: "all verified")
            #expect(try unlisted.scratch.files(in: "out").count == 3)
        }
        let store = try HostileStore()
        try store.writer.writeSeries(
            study: HostileStore.study, series: HostileStore.bad, instances: [(uid: HostileStore.listed, bytes: [])])
        let run = try await store.download(by: route)
        run.expect(0, naming: "all verified")
        let path = "\(HostileStore.study)/\(HostileStore.bad)/\(Self.name)"
        #expect(try store.scratch.files(in: "out")[path] == Data())
        (try await store.download(by: route)).expect(0, naming: "Nothing is missing")
    }

    private func expectWhole(
        by route: Route, sourceLocation: SourceLocation = #_sourceLocation, _ add: (inout HostileTar) -> Void
    ) async throws {
        let store = try HostileStore()
        var tar = HostileTar()
        add(&tar)
        tar.finish()
        try store.setArchive(tar.bytes)
        try await store.expectWhole(by: route, sourceLocation: sourceLocation)
    }
}

extension HostileStore {
    /// Whether the instance that the bad series lists was saved.
    func savesListed() throws -> Bool {
        try scratch.files(in: "out")["\(Self.study)/\(Self.bad)/instances/\(Self.listed).dcm"] == Data(Self.listedBytes)
    }
}

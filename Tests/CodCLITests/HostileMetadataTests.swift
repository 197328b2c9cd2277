import CodTesting
import Foundation
import Testing

private typealias Route = HostileStore.Route

@Suite("A broken or hostile metadata.json never writes outside of the folder, never crashes, and fails its series alone")
struct HostileMetadataTests {
    @Test("empty", arguments: Route.allCases)
    fileprivate func empty(route: Route) async throws {
        try await expectContained("", by: route, naming: "empty (0 bytes)")
    }

    @Test("fault 23: truncated, packed and not", arguments: Route.allCases)
    fileprivate func truncated(route: Route) async throws {
        let store = try HostileStore()
        let packed = try store.metadata()
        for byteCount in [1, 2, 20, packed.count / 2, packed.count - 1] {
            try store.setMetadata(Array(packed.prefix(byteCount)))
            try await store.expectContained(by: route, naming: "metadata.json cannot be read")
        }
        let text = Self.instance("1.2.3.66.1")
        for byteCount in [1, 10, text.utf8.count - 1] {
            try await expectContained(String(text.prefix(byteCount)), by: route, naming: "metadata.json cannot be read")
        }
    }

    @Test(
        "fault 29: without \"cod\", without instances, and wrong types", arguments: Route.allCases,
        [
            "null", "[]", "7", "{}", #"{"cod":null}"#, #"{"cod":{"instances":[]}}"#, #"{"cod":{"instances":{"1.2":5}}}"#,
            Self.instance("1.2", #""crc32c":5"#), Self.instance("1.2", #""size":-1"#),
            Self.instance("1.2", #""size":9223372036854775808"#), Self.instance("1.2", #""crc32c":"AAAA""#),
        ])
    fileprivate func wrongTypes(route: Route, text: String) async throws {
        try await expectContained(text, by: route, naming: "metadata.json cannot be read")
    }

    @Test(
        "offsets and sizes that cannot be", arguments: Route.allCases,
        [
            #""size":700,"headers":{"start_byte":9223372036854775807,"end_byte":9223372036854775807}"#,
            #""size":700,"headers":{"start_byte":9223372036854775000,"end_byte":-9223372036854775000}"#,
            #""size":5497558138880,"headers":{"start_byte":512,"end_byte":5497558139392}"#,
            #""size":701,"headers":{"start_byte":1536,"end_byte":2237}"#,
        ])
    fileprivate func impossibleOffsets(route: Route, fields: String) async throws {
        // What the metadata says of the one instance is not so; it must not be saved as if it were.
        let text = Self.instance(HostileStore.listed, "\(fields),\"crc32c\":\"AAAAAA==\"")
        try await expectContained(text, by: route, naming: HostileStore.listed)
    }

    @Test("fault 24: deep nesting", arguments: Route.allCases)
    fileprivate func deepNesting(route: Route) async throws {
        for bracket in ["[", "{\"a\":"] {
            let text = #"{"x":"# + String(repeating: bracket, count: 1_000_000)
            try await expectContained(text, by: route, naming: "deeper than 64")
        }
    }

    @Test("traversal in its keys", arguments: Route.allCases)
    fileprivate func traversal(route: Route) async throws {
        for key in [
            "../../../evil", "..", "/evil", "a/b", "", ".cod", "log.json", "evil\\u0000", "evil\\u001b[2J", "\\u202Eevil",
        ] {
            try await expectContained(Self.instance(key), by: route, naming: "metadata")
        }
    }

    @Test("fault 23: HTML", arguments: Route.allCases)
    fileprivate func html(route: Route) async throws {
        let page = "<!DOCTYPE html>\n<html><body>\u{1B}[2JPlease log in</body></html>"
        try await expectContained(page, by: route, naming: "<!DOCTYPE html>")
    }

    @Test("fault 24: gzip bomb: little memory, whatever comes out of it", arguments: Route.allCases)
    fileprivate func gzipBomb(route: Route) async throws {
        // 100 MB of blanks in a string that never ends.
        let store = try HostileStore()
        let bomb = try await CommandRun.run(
            "/bin/sh",
            [
                "-c",
                "{ printf '{\"x\":\"' | gzip -c; head -c 50000000 /dev/zero | tr '\\0' ' ' | gzip -9c > half; cat half half; } > bomb",
            ], folder: store.scratch.root)
        #expect(bomb.exitCode == 0, "\(bomb.errors)")
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: store.scratch.path("bomb"))))
        #expect(bytes.count < 200_000)
        try store.setMetadata(bytes)
        let run = try await store.expectContained(by: route, naming: "metadata.json cannot be read")
        if let peak = run.peakMemory { #expect(peak < 64 << 20, "\(peak) bytes") }
    }

    /// A metadata.json of one instance.
    private static func instance(_ key: String, _ fields: String = "") -> String {
        #"{"cod":{"instances":{"\#(key)":{\#(fields)}}}}"#
    }

    private func expectContained(
        _ text: String, by route: Route, naming words: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let store = try HostileStore()
        try store.setMetadata(Array(text.utf8))
        try await store.expectContained(by: route, naming: words, sourceLocation: sourceLocation)
    }
}

extension HostileStore {
    /// The bad series' metadata.json as it is.
    fileprivate func metadata() throws -> [UInt8] {
        let path = "\(writer.folder)/dicomweb/studies/\(Self.study)/series/\(Self.bad)/metadata.json"
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}

import CodCore
import CodTesting
import Foundation
import TestSupport
import Testing

@testable import CodSink

@Suite("DirectorySink, held against what every sink must do")
struct DirectorySinkConformanceTests {
    @Test(
        "It conforms, with nameless files and without", arguments: SinkConformance<DirectorySink>.Check.allCases, [true, false])
    func conforms(_ check: SinkConformance<DirectorySink>.Check, usesUnnamedFiles: Bool) async throws {
        let folder = try TemporaryFolder()
        try await SinkConformance {
            DirectorySink(at: folder["out"], isDurable: false, usesUnnamedFiles: usesUnnamedFiles)
        } readBack: { sink, instance in
            FileManager.default.contents(atPath: "\(sink.path)/\(OutputLayout.path(of: instance.uid, in: instance.series))")
                .map(Array.init)
        }.run(check)
        #expect(folder.everything.filter { $0.contains("partial") } == [])
    }

    @Test("It conforms with a layout", arguments: SinkConformance<DirectorySink>.Check.allCases, [true, false])
    func conforms(_ check: SinkConformance<DirectorySink>.Check, withLayoutAndUnnamedFiles usesUnnamedFiles: Bool) async throws {
        let folder = try TemporaryFolder()
        let layout = try FileLayout(parsing: "{Modality}/{InstanceNumber}.dcm")
        try await SinkConformance {
            DirectorySink(at: folder["out"], layout: layout, isDurable: false, usesUnnamedFiles: usesUnnamedFiles)
        } readBack: { sink, instance in
            FileManager.default.contents(atPath: "\(sink.path)/\(OutputLayout.path(of: instance.uid, in: instance.series))")
                .map(Array.init)
        }.run(check)
        #expect(folder.everything.filter { $0.contains("partial") } == [])
    }
}

@Suite("The conformance suite finds faults")
struct SinkConformanceTests {
    /// Writes where the file is to be in the end, as bytes come.
    struct HastySink: Sink {
        let path: String

        func save(_ instance: Instance, body: inout InstanceBody) async throws -> SavedInstance {
            let place = "\(path)/\(instance.series.series)-\(instance.uid)"
            var bytes = Data()
            while let chunk = try await body.next() {
                chunk.withBytes { $0.withUnsafeBytes { bytes.append(contentsOf: $0) } }
                try bytes.write(to: URL(filePath: place))
            }
            return SavedInstance(instance: instance, path: place, root: path)
        }
    }

    /// Saves nothing, and says that it did.
    struct IdleSink: Sink {
        func save(_ instance: Instance, body: inout InstanceBody) async throws -> SavedInstance {
            SavedInstance(instance: instance, path: instance.uid, root: "")
        }
    }

    @Test(
        "A sink that publishes before the end is refused",
        arguments: [
            SinkConformance<HastySink>.Check.publishesNothingThatFailed, .publishesNothingThatBrokeOff, .savesEmptyInstance,
        ])
    func hasty(_ check: SinkConformance<HastySink>.Check) async throws {
        let folder = try TemporaryFolder()
        await #expect(throws: SinkConformanceViolation.self) {
            try await SinkConformance {
                HastySink(path: folder.path)
            } readBack: { sink, instance in
                FileManager.default.contents(atPath: "\(sink.path)/\(instance.series.series)-\(instance.uid)").map(Array.init)
            }.run(check)
        }
    }

    @Test("A sink that saves nothing is refused by every check", arguments: SinkConformance<IdleSink>.Check.allCases)
    func idle(_ check: SinkConformance<IdleSink>.Check) async throws {
        await #expect(throws: SinkConformanceViolation.self) {
            try await SinkConformance {
                IdleSink()
            } readBack: { _, _ in
                nil
            }.run(check)
        }
    }
}

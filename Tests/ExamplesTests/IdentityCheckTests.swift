import CodCore
import CodTesting
import CodTransport
import Foundation
import TestSupport
import Testing

@testable import IdentityCheck

@Suite("IdentityCheck: the file meta of each instance")
struct IdentityCheckTests {
    private static func element(_ number: UInt8, _ representation: String, _ value: [UInt8], group: UInt8 = 2) -> [UInt8] {
        let length = [UInt8(truncatingIfNeeded: value.count), UInt8(truncatingIfNeeded: value.count >> 8)]
        let isLong = ["OB", "UN"].contains(representation)
        return [group, 0, number, 0] + Array(representation.utf8) + (isLong ? [0, 0] + length + [0, 0] : length) + value
    }

    private static let preamble = [UInt8](repeating: 7, count: 128) + Array("DICM".utf8)
    private static let start = preamble + element(0, "UL", [0, 0, 0, 0]) + element(1, "OB", [0, 1])
    private static func uid(_ text: String) -> [UInt8] { element(3, "UI", Array(text.utf8)) }

    /// A file's beginning, and what is to be said of it.
    struct Beginning: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        /// The identifier, or a part of the refusal.
        let expected: String

        init(_ name: String, _ bytes: [UInt8], _ expected: String) {
            (testDescription, self.bytes, self.expected) = (name, bytes, expected)
        }
    }

    static let beginnings = [
        Beginning("usual", start + element(2, "UI", Array("1.2\0".utf8)) + uid("1.2.3\0") + [9, 9, 9], "1.2.3"),
        Beginning("of even length", start + uid("1.23"), "1.23"),
        Beginning(
            "with a long value before it", start + element(2, "UN", [UInt8](repeating: 1, count: 2000)) + uid("1.2.3\0"), "1.2.3"),
        Beginning("empty", [], "ends after 0 bytes"),
        Beginning("only a preamble", Array(preamble.prefix(131)), "ends after 131 bytes"),
        Beginning("no DICM", [UInt8](repeating: 0, count: 400), "letters DICM are not at byte 128"),
        Beginning("cut in the identifier", start + Array(uid("1.2.3.4.5.6").dropLast(3)), "before it says which instance"),
        Beginning(
            "a data set without file meta", preamble + element(5, "CS", Array("ISO ".utf8), group: 8), "(0002,0003) is missing"),
        Beginning(
            "the data set comes before it", start + element(5, "CS", [], group: 8) + uid("1.2.3\0"), "(0002,0003) is missing"),
        Beginning(
            "a value that never ends",
            start + [2, 0, 2, 0] + Array("UN".utf8) + [0, 0, 255, 255, 255, 255] + [UInt8](repeating: 0, count: 5000),
            "(0002,0003) is missing"),
        Beginning("no UID", start + uid("../../etc/x\0"), "12 bytes, is no UID"),
        Beginning("an empty UID", start + uid(""), "0 bytes, is no UID"),
    ]

    private static func judge(_ chunks: [ArraySlice<UInt8>]) -> String {
        var meta = FileMeta()
        for chunk in chunks { ByteChunk(chunk).withBytes { meta.push($0) } }
        meta.finish()
        switch meta.verdict {
        case .instance(let uid): return uid
        case .refused(let reason): return reason
        case .undecided: return "undecided"
        }
    }

    @Test("It reads the same however the bytes are cut", arguments: beginnings)
    func chunks(_ beginning: Beginning) {
        let bytes = beginning.bytes[...]
        let whole = Self.judge([bytes])
        #expect(whole == beginning.expected || whole.contains(beginning.expected) && whole.contains(" "))
        #expect(Self.judge(bytes.indices.map { bytes[$0...$0] }) == whole)
        for split in stride(from: 0, through: min(bytes.count, 700), by: 1) {
            #expect(Self.judge([bytes.prefix(split), [], bytes.dropFirst(split)]) == whole)
        }
    }

    @Test("Good studies pass whole, with plain identifiers and with hashed ones", arguments: [false, true])
    func good(hashesUIDs: Bool) async throws {
        try await ServedStudies.with(hashesUIDs: hashesUIDs) { served in
            let report = try await Main.retrieve([], from: served.source, to: served.folder["out"], options: served.options)
            #expect(report.isComplete && report.savedCount == 6 && report.verifiedCount == 6)
        }
    }

    @Test("Swapped files and files that are no DICOM are not saved; what is good is")
    func swapped() async throws {
        let folder = try TemporaryFolder()
        let files = try SyntheticStudy(seed: 3, instancesPerSeries: 4, rows: 8, columns: 8).series[0].instances.map { $0 }
        let instances = [
            (uid: files[0].uid, bytes: files[0].bytes()), (uid: files[1].uid, bytes: files[2].bytes()),
            (uid: files[2].uid, bytes: Array("no DICOM".utf8)), (uid: files[3].uid, bytes: files[3].bytes()),
        ]
        let writer = StoreWriter(folder: folder["store"])
        let series = try writer.writeSeries(study: "1.2", series: "1.2.3", instances: instances)
        let report = try await Main.retrieve(["1.2"], from: Source(folder["store"]), to: folder["out"])
        #expect(report.savedCount == 2 && report.failedCount == 2)
        #expect(report.failures.map(\.code) == [.refused, .refused])
        #expect(Set(report.failures.map(\.instance)) == [files[1].uid, files[2].uid])
        #expect(report.failures.contains { $0.message.contains(files[2].uid) })
        let names = folder.names(in: "out/\(series.id)/instances")
        #expect(names == [files[0].uid, files[3].uid].map { "\($0).dcm" }.sorted())
    }

    @Test("A head that is damaged on the way is fetched again, and is no refusal")
    func damagedOnTheWay() async throws {
        try await ServedStudies.with { served in
            let series = served.written.series[0]
            let place = try #require(series.instances[1].byteOffset) + 128
            served.store.script(matching: .object(name: series.archiveName), faults: [.corrupt(atByte: place)])
            let report = try await Main.retrieve([], from: served.source, to: served.folder["out"], options: served.options)
            #expect(served.store.pendingFaultCount == 0)
            #expect(report.isComplete && report.savedCount == 6, "\(report.failures)")
        }
    }
}

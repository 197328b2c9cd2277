import CodCore
import CodTesting
import Foundation
import Testing

@Suite("A disk that ignores case loses nothing of identifiers that differ in case only")
struct CaseIgnoringDiskTests {
    private static let contents: [(study: String, series: String, instances: [String])] = [
        ("stUDY", "series", ["abc", "abC", "1.2.3", "xyz"]), ("stUDY", "SERIES", ["abc", "q"]),
        ("STUdy", "series", ["Abc", "1"]),
    ]

    private static func bytes(_ study: String, _ series: String, _ uid: String) -> [UInt8] {
        Array("\(study)/\(series)/\(uid) ".utf8) + [UInt8](repeating: 7, count: 3000)
    }

    @Test(
        "On exFAT all is saved, found again by stats and by the next run, and one that goes missing is fetched alone",
        .enabled(if: ExFATImage.isPossible))
    func exFAT() async throws {
        let scratch = try Scratch()
        let writer = StoreWriter(folder: scratch.path("store"), prefix: "dicomweb", bucket: "test-bucket")
        for (study, series, instances) in Self.contents {
            try writer.writeSeries(
                study: study, series: series, instances: instances.map { (uid: $0, bytes: Self.bytes(study, series, $0)) })
        }
        let image = try ExFATImage(in: scratch)
        let source = scratch.path("store/dicomweb")
        let arguments = ["download", source, "stUDY", "STUdy", "-o", "out"]
        try await image.run(CommandRun.binary, arguments).expect(0, naming: "Saved 8 instances", "all verified")

        let files = try scratch.files(in: "kept/out")
        let expected = Dictionary(
            uniqueKeysWithValues: Self.contents.flatMap { study, series, instances in
                instances.map { ("\(study)/\(series)/\($0)", Data(Self.bytes(study, series, $0))) }
            })
        // A mark is everything from ~ on.
        let identifiers = files.map { path, bytes in
            let parts = path.replacing(".dcm", with: "").split(separator: "/").map { String($0.prefix { $0 != "~" }) }
            return ("\(parts[0])/\(parts[1])/\(parts[3])", bytes)
        }
        #expect(Dictionary(uniqueKeysWithValues: identifiers) == expected)
        let folder = "stUDY~0000001c/series~00000000/instances"
        #expect(
            Set(files.keys.filter { $0.hasPrefix(folder) }.compactMap { $0.split(separator: "/").last.map(String.init) })
                == ["abc~00000000.dcm", "abC~00000004.dcm", "1.2.3.dcm", "xyz.dcm"])
        #expect(try scratch.log(in: "kept/out").sorted() == expected.keys.sorted())

        let again = try await image.run(CommandRun.binary, arguments)
        again.expect(0, naming: "8 instances had been saved before", "Nothing is missing")
        let stats = try await image.run(CommandRun.binary, ["stats", source, "stUDY", "STUdy", "-o", "out", "--json"])
        #expect(try stats.objects().first?["totalSavedSeriesCount"] as? Int == 3)

        try await image.run("/bin/rm", ["out/\(folder)/abC~00000004.dcm"]).expect(0)
        let mended = try await image.run(CommandRun.binary, arguments)
        mended.expect(0, naming: "Saved 1 instance ", "7 instances had been saved before")
        #expect(try scratch.files(in: "kept/out") == files)
    }
}

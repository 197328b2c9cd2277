import ArgumentParser
import CodTesting

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder for one run: stores that are made once, and a new output folder for every run of a contender.
final class Workshop {
    let folder: String
    /// About how many bytes of instances a scenario has.
    let byteCount: Int
    /// Servers that contenders read from; they last as long as the run.
    var servers: [LoopbackStore] = []
    private var stores: [Int: WrittenStore] = [:]
    private var outputNumber = 0

    init(in parent: String?, byteCount: Int) throws {
        self.byteCount = byteCount
        folder = "\(parent ?? FileManager.default.temporaryDirectory.path)/cod-bench-\(UInt32.random(in: .min ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// A store of one study of four series, with instances of that size.
    func store(instanceByteCount: Int) throws -> WrittenStore {
        if let store = stores[instanceByteCount] { return store }
        let small = try SyntheticStudy(seed: 1, rows: 32, columns: 32)
        let bare = 3000 + small.rows * small.columns * 2
        let study = try SyntheticStudy(
            seed: UInt64(instanceByteCount), seriesCount: 4,
            instancesPerSeries: max(byteCount / 4 / instanceByteCount, 1), rows: 32, columns: 32,
            payload: .noise(byteCount: max(instanceByteCount - bare, 0)))
        ReleaseBuild.complain("CodBench: making \(byteCount / 1_000_000) MB of instances of \(instanceByteCount) bytes")
        let store = try study.write(to: StoreWriter(folder: "\(folder)/store-\(instanceByteCount)"))
        stores[instanceByteCount] = store
        return store
    }

    /// The path of a folder that is not there yet. Old ones are removed at the end: deleting just before makes some file systems slow.
    func freshOutput() throws -> String {
        outputNumber += 1
        let output = "\(folder)/output-\(outputNumber)"
        try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        return output
    }

    /// Where the `cod` of this build is.
    var cod: String {
        CommandLine.arguments[0].split(separator: "/").dropLast().reduce(CommandLine.arguments[0].hasPrefix("/") ? "" : ".") {
            "\($0)/\($1)"
        } + "/cod"
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }
}

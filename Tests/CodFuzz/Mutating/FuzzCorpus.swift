import Foundation

/// Inputs that once were findings, in `Corpus/<target>/`; they stay to be run again.
enum FuzzCorpus {
    private static let folder = #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" } + "/Corpus"

    /// In the order of their names; empty where there are none.
    static func inputs(of target: String) throws -> [[UInt8]] {
        let path = "\(folder)/\(target)"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return try names.sorted().filter { !$0.hasPrefix(".") }.map { name in
            Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
        }
    }
}

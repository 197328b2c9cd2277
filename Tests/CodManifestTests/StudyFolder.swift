import CodCore
import Foundation

/// A folder with a saved study in it.
struct StudyFolder {
    let path: String

    /// Saves a study 1.2 of these instances (`<series>/<uid>`) and their content.
    func study(_ contents: [String: String]) throws -> SavedStudy {
        var series: [String: SavedSeries] = [:]
        for (name, content) in contents {
            let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
            let id = SeriesID(study: "1.2", series: parts[0])
            let path = "1.2/\(id.series)/instances/\(parts[1]).dcm"
            try write(content, to: path)
            var running = RunningCRC32C()
            running.update(ByteChunk(content.utf8))
            let instance = Instance(series: id, uid: parts[1], byteCount: Int64(content.utf8.count))
            series[id.series, default: SavedSeries(id: id)].instances.append(
                SavedInstance(instance: instance, path: path, root: self.path, checksum: running.checksum))
        }
        return SavedStudy(uid: "1.2", series: Array(series.values), artifacts: ["before"])
    }

    func write(_ content: String, to name: String) throws {
        let url = URL(filePath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: url)
    }

    func read(_ name: String) throws -> String {
        try String(contentsOf: URL(filePath: "\(path)/\(name)"), encoding: .utf8)
    }
}

/// Lends a new folder, and removes it.
func withFolder(_ body: (StudyFolder) async throws -> Void) async throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "cod-\(UInt64.random(in: .min ... .max))")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    try await body(StudyFolder(path: url.path))
}

import CodCore
import CodTesting
import Foundation
import TestSupport

/// A study whose instances lie in a folder, as a sink left them.
struct SavedFiles {
    let folder: TemporaryFolder
    var study: SavedStudy

    init(study: String = "1.2.3") throws {
        folder = try TemporaryFolder()
        self.study = SavedStudy(uid: study)
    }

    /// Says of an instance, or of a series, that it failed.
    mutating func fail(_ uid: String? = nil, in series: String = "4.5", _ code: CodError.Code = .checksumMismatch) {
        let id = SeriesID(study: study.uid, series: series)
        if !study.series.contains(where: { $0.id == id }) { study.series.append(SavedSeries(id: id)) }
        let error = CodError(code, "It did not come.\nAt all.", reach: uid == nil ? .series : .instance)
        for position in study.series.indices where study.series[position].id == id {
            study.series[position].failures.append(error.located(in: id, instance: uid))
        }
    }

    /// Saves an instance.
    mutating func add(_ bytes: [UInt8], as uid: String, in series: String = "4.5") throws {
        let id = SeriesID(study: study.uid, series: series)
        var checksum = RunningCRC32C()
        checksum.update(ByteChunk(bytes))
        let instance = Instance(series: id, uid: uid, byteCount: Int64(bytes.count), checksum: checksum.checksum)
        let path = "\(id)/instances/\(uid).dcm"
        let url = URL(filePath: folder["out/\(path)"])
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        let saved = SavedInstance(instance: instance, path: path, root: folder["out"], checksum: checksum.checksum)
        if let position = study.series.firstIndex(where: { $0.id == id }) {
            study.series[position].instances.append(saved)
        } else {
            study.series.append(SavedSeries(id: id, instances: [saved]))
        }
    }

    /// The bytes of all entries that its zip must have.
    func expected() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for saved in study.series.flatMap(\.instances) {
            files["\(saved.instance.series.series)/instances/\(saved.instance.uid).dcm"] =
                try Data(contentsOf: URL(filePath: saved.location))
        }
        return files
    }

    /// Unpacks a zip and answers its files.
    func unpacked(_ zip: String) throws -> [String: Data] {
        let target = folder["unpacked-\(UUID().uuidString)"]
        let text = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])"
        _ = try ZipReader.run(["python3", "-c", text, zip, target])
        var files: [String: Data] = [:]
        for case let file as String in FileManager.default.enumerator(atPath: target) ?? .init() {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: "\(target)/\(file)", isDirectory: &isFolder), !isFolder.boolValue
            else { continue }
            files[file] = try Data(contentsOf: URL(filePath: "\(target)/\(file)"))
        }
        return files
    }
}

/// Bytes for tests: noise that deflate cannot shrink, or a ramp that it can.
func noise(_ byteCount: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SplitMix64(seed: seed)
    return (0..<byteCount).map { _ in UInt8(truncatingIfNeeded: random.next()) }
}

func ramp(_ byteCount: Int) -> [UInt8] { (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 / 64) } }

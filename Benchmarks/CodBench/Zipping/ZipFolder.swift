import ArgumentParser
import CodCore
import CodZip

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Our contender in a process of its own: the library's `StudyZipper` over a folder of instances.
struct ZipFolder: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zip-folder", abstract: "Zips a folder `<study>/<series>/instances/*.dcm`.", shouldDisplay: false)

    @Argument(help: "The folder of the study.")
    var study: String

    @Option(help: "The folder that the zip goes into.")
    var into: String

    @Option(help: "0 to 9.")
    var level: Int

    func run() async throws {
        let url = URL(fileURLWithPath: study)
        var saved = SavedStudy(uid: url.lastPathComponent)
        for series in try FileManager.default.contentsOfDirectory(atPath: study).sorted() {
            let id = SeriesID(study: saved.uid, series: series)
            saved.series.append(SavedSeries(id: id, instances: try instances(of: id)))
        }
        var options = ZipOptions()
        options.level = level
        _ = try await StudyZipper(into: into, options: options, checksSpace: false).run(saved, in: StageContext())
    }

    private func instances(of series: SeriesID) throws -> [SavedInstance] {
        let path = "\(series.series)/instances"
        let folder = try OpenFile.folder(at: "\(study)/\(path)")
        return try FileManager.default.contentsOfDirectory(atPath: "\(study)/\(path)").sorted().map { name in
            let byteCount = try folder.status(of: name)?.byteCount ?? 0
            let instance = Instance(series: series, uid: String(name.dropLast(4)), byteCount: byteCount, checksum: nil)
            return SavedInstance(instance: instance, path: "\(path)/\(name)", root: study, checksum: nil)
        }
    }
}

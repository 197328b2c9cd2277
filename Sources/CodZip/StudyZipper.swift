public import CodCore
internal import SystemPackage

/// Zips each study that a sink has saved: `<study>.zip` in a folder of its own choosing.
///
/// In the zip an instance is `<series>/instances/<instance>.dcm`, in the order of these names, whatever the concurrency. Its bytes are
/// compared with the checksum that it was saved with. A zip has its name only when it is whole and on the disk. A study of which anything
/// failed gets none, unless ``ZipOptions/allowsPartial``.
public struct StudyZipper: Finisher {
    /// The folder of the zips; made when it is needed.
    public let folder: String
    /// How they are made.
    public let options: ZipOptions

    /// Zips into a folder.
    public init(into folder: String, options: ZipOptions = ZipOptions()) {
        self.folder = folder
        self.options = options
    }

    /// Zips a study and adds the zip's path to its artifacts.
    @concurrent public func run(_ input: consuming SavedStudy, in context: StageContext) async throws -> SavedStudy {
        var study = input
        let sources = study.series.flatMap(\.instances)
            .map { EntrySource(name: Self.entryName(of: $0.instance), saved: $0) }
            .sorted { $0.name < $1.name }
        let path = "\(folder)/\(study.uid).zip"
        let zip = try await offTaskThreads { [folder, uid = study.uid] in
            do {
                return try ZipFile(named: "\(uid).zip", in: OpenFile.makingFolder(at: FilePath(folder)), at: path)
            } catch {
                throw CodError.file("make", path, error as? Errno ?? .ioError, code: .outputUnusable).reaching(.job)
            }
        }
        do {
            let press = ZipPress(options: options, modified: options.timestamp ?? .now)
            let layout = try await press.run(sources, into: zip)
            try await offTaskThreads { try zip.writing { () throws(Errno) in try zip.publish(layout) } }
        } catch {
            zip.discard()
            throw error
        }
        study.artifacts.append(path)
        return study
    }

    /// Where an instance is in a zip of its study.
    static func entryName(of instance: Instance) -> String {
        "\(instance.series.series)/instances/\(instance.uid).dcm"
    }
}

import CodCore
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The files that say what is saved of each series. All calls block on the disk.
final class IndexFiles: Sendable {
    private let folder: String
    /// Held while a file is changed: portions of one series may end at the same time.
    private let writing = Mutex(())

    init(folder: String) {
        self.folder = folder
    }

    /// What is saved of a series; nothing when there is no file.
    func read(_ series: SeriesID) throws -> SeriesIndex {
        let path = try path(of: series)
        guard FileManager.default.fileExists(atPath: path) else { return SeriesIndex(of: series, text: "") }
        do {
            let bytes = try Data(contentsOf: URL(filePath: path))
            return SeriesIndex(of: series, text: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw CodError(.outputUnusable, "Cannot read \(path): \(error).", reach: .series, cause: error)
        }
    }

    /// Changes what is noted of a series: whole or not at all.
    func update(_ series: SeriesID, _ change: (inout SeriesIndex) -> Void) throws {
        try writing.withLock { _ in
            let before = try read(series)
            var index = before
            change(&index)
            if index == before { return }
            let path = try path(of: series)
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(series.study)", withIntermediateDirectories: true)
            try ArtifactFile.write(index.text, to: path)
        }
    }

    private func path(of series: SeriesID) throws -> String {
        guard UIDText.isValid(series.study), UIDText.isValid(series.series) else {
            throw CodError(.invalidIdentifier, "\"\(series)\" cannot be the name of a file.", reach: .series)
        }
        return "\(folder)/\(series.study)/\(series.series).tsv"
    }
}

internal import CodCore
internal import SystemPackage

/// Asks for the room on the file system of a folder.
typealias SpaceProbe = @Sendable (OpenFile) throws(Errno) -> FileSystemStatus

extension DirectorySink {
    /// Throws ``CodError/Code/outputUnusable`` when the output folder, or the nearest one above it that is there, must not be written
    /// to, or when its file system has less room than files of these sizes take. A file system that does not tell has room enough.
    /// Changes nothing.
    public func requireRoom(for byteCounts: [Int64]) async throws {
        try await offTaskThreads {
            do {
                let folder = try OpenFile.nearestFolder(to: FilePath(path))
                try folder.checkMayAdd()
                guard checksSpace, !byteCounts.isEmpty else { return }
                // One that cannot be asked is asked for room when the files are written.
                guard let disk = try? space(folder), let problem = SpaceProblem(of: byteCounts, on: disk) else { return }
                throw problem.error(for: path)
            } catch let errno as Errno {
                throw CodError.outputUnusable("write to", path, errno)
            }
        }
    }
}

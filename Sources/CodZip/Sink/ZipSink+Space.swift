import CodCore
import SystemPackage

/// Asks for the room on the file system of a folder.
typealias ZipSpaceProbe = @Sendable (OpenFile) throws(Errno) -> FileSystemStatus

extension ZipSink {
    /// Throws ``CodError/Code/outputUnusable`` when the folder, or the nearest one above it that is there, must not be written to, or when
    /// its file system has less room than instances of these sizes take unpacked. Changes nothing.
    public func requireRoom(for byteCounts: [Int64]) async throws {
        try await offTaskThreads {
            let nearest = try outputUnusable("write to", folder) { () throws(Errno) in
                let nearest = try OpenFile.nearestFolder(to: FilePath(folder))
                try nearest.checkMayAdd()
                return nearest
            }
            // One that cannot be asked is asked for room when the zips are written.
            guard checksSpace, let free = (try? space(nearest))?.freeByteCount else { return }
            var needed = byteCounts.reduce(Int64(0)) { $0.addingSaturated(max($1, 0)) }
            // Entries that are to be in the order of their names are written a second time.
            if options.timestamp != nil { needed = needed.addingSaturated(needed) }
            guard needed > free else { return }
            let instances = "\(byteCounts.count) instance\(byteCounts.count == 1 ? "" : "s")"
            throw CodError(
                .outputUnusable,
                "The disk of \(folder) has \(free.inByteUnits) free; the \(instances) to save may take \(needed.inByteUnits).",
                recovery:
                    "Free some space, choose a folder on another disk or fewer studies; or give --no-space-check, where they can be packed to less.",
                reach: .job)
        }
    }
}

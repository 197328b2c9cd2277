import CodCore
import SystemPackage

extension ZipDirectory {
    /// Reads the directory of an open zip of this status. Blocks on the disk; throws `CancellationError` when the task was cancelled, an
    /// `Errno` when it cannot be read, and a ``CodError`` of code `damagedArchive` for what is no zip.
    init(of file: OpenFile, with status: FileStatus) throws {
        guard status.kind == .file else { throw Errno.isDirectory }
        try self.init(ofZipWith: status.byteCount) { offset, byteCount in
            try BlockingCancellation.check()
            let chunk = try file.readChunk(at: offset, byteCount: byteCount)
            if chunk.count < byteCount { throw ZipDirectory.damaged("it has become shorter") }
            return chunk
        }
    }
}

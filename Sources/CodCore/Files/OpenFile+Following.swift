internal import CCodSystem
package import SystemPackage

/// Reading in a folder of the user's own: links are followed there.
extension OpenFile {
    /// The folder at a path below this one.
    package func folderFollowing(_ path: String) throws(Errno) -> OpenFile {
        let result = cod_open_directory_following(descriptor.rawValue, path)
        if result < 0 { throw Errno(rawValue: -result) }
        return OpenFile(FileDescriptor(rawValue: result))
    }

    /// The regular file at a path below this one, opened for reading; throws `.invalidArgument` for anything else.
    package func fileFollowing(_ path: String) throws(Errno) -> OpenFile {
        // Looked at first: opening a device may do something.
        guard try statusFollowing(path)?.kind ?? .file == .file else { throw .invalidArgument }
        let result = cod_open_reading_following(descriptor.rawValue, path)
        if result < 0 { throw Errno(rawValue: -result) }
        return OpenFile(FileDescriptor(rawValue: result))
    }

    /// How many bytes it has now, as a file.
    package func byteCount() throws(Errno) -> Int64 {
        do { return try descriptor.seek(offset: 0, from: .end) } catch let errno as Errno { throw errno } catch { throw .ioError }
    }

    /// What stands at a path below this one; `nil` when nothing does, or a link that leads nowhere or in a circle.
    package func statusFollowing(_ path: String) throws(Errno) -> FileStatus? {
        var raw = cod_file_status()
        let result = cod_status_following(descriptor.rawValue, path, &raw)
        if result == 0 { return FileStatus(raw) }
        let errno = Errno(rawValue: -result)
        if errno == .noSuchFileOrDirectory || errno == .tooManySymbolicLinkLevels { return nil }
        throw errno
    }
}

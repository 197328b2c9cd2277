internal import CCodSystem
package import SystemPackage

extension CodError {
    /// A failed system call on a file, as a sentence: `Cannot <action> <path>: <reason>.`
    ///
    /// What no other file will fare better with stops the whole job: a disk that is full, read-only, broken or gone, a used-up quota,
    /// a limit of this process.
    package static func file(_ action: String, _ path: String, _ errno: Errno, code: Code = .writeFailed) -> CodError {
        CodError(
            code, "Cannot \(action) \(path): \(errno).", recovery: recovery(from: errno),
            reach: stopsAll(errno) ? .job : .instance, cause: errno)
    }

    /// A folder or file of the output that cannot be used from the start: no run begins.
    package static func outputUnusable(_ action: String, _ path: String, _ errno: Errno) -> CodError {
        var failure = file(action, path, errno, code: .outputUnusable).reaching(.job)
        failure.recovery = failure.recovery ?? "Choose another folder."
        return failure
    }

    private static func stopsAll(_ errno: Errno) -> Bool {
        switch errno {
        case .noSpace, .diskQuotaExceeded, .readOnlyFileSystem, .ioError, .tooManyOpenFiles, .tooManyOpenFilesInSystem,
            .noMemory:
            true
        // A disk that was unplugged, a server that has gone, a file system in user space that has ended.
        case .staleNFSFileHandle, .noSuchAddressOrDevice, .operationNotSupportedByDevice, .socketNotConnected, .hostIsDown,
            Errno.timedOut:
            true
        // Without a limit of this process it is the file system that takes no larger file, and it may take the others.
        case .fileTooLarge: cod_file_size_limit() >= 0
        default: false
        }
    }

    private static func recovery(from errno: Errno) -> String? {
        switch errno {
        case .noSpace: "Free some space or choose another folder, then run the same command again."
        case .diskQuotaExceeded: "Free some of your quota or choose another folder, then run the same command again."
        case .fileTooLarge:
            cod_file_size_limit() >= 0
                ? "Raise the limit of file sizes (ulimit -f), then run the same command again."
                : "Choose a folder on a file system that takes larger files; FAT32 ends at 4 GiB."
        case .permissionDenied, .notPermitted, .readOnlyFileSystem: "Choose a folder that you may write to."
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem:
            "Raise the limit of open files (ulimit -n) or use fewer --jobs, then run the same command again."
        case .notDirectory, .fileExists, .isDirectory, .tooManySymbolicLinkLevels:
            "Move what is in the way, or choose another folder."
        case .ioError, .staleNFSFileHandle, .noSuchAddressOrDevice, .operationNotSupportedByDevice, .socketNotConnected,
            .hostIsDown, Errno.timedOut:
            "Check the disk, or the connection to it; then run the same command again."
        default: nil
        }
    }
}

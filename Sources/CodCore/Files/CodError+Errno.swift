package import SystemPackage

extension CodError {
    /// A failed system call on a file, as a sentence: `Cannot <action> <path>: <reason>.`
    ///
    /// A full disk, a used-up quota, a read-only or broken file system stop the whole job: no other file will fare better.
    package static func file(_ action: String, _ path: String, _ errno: Errno, code: Code = .writeFailed) -> CodError {
        let stopsAll: Set<Errno> = [.noSpace, .diskQuotaExceeded, .readOnlyFileSystem, .ioError]
        let recovery: String? =
            switch errno {
            case .noSpace: "Free some space or choose another folder, then run the same command again."
            case .diskQuotaExceeded: "Free some of your quota or choose another folder, then run the same command again."
            case .permissionDenied, .notPermitted, .readOnlyFileSystem: "Choose a folder that you may write to."
            case .tooManyOpenFiles, .tooManyOpenFilesInSystem: "Raise the limit of open files (ulimit -n) or use fewer --jobs."
            case .notDirectory, .fileExists, .isDirectory, .tooManySymbolicLinkLevels:
                "Move what is in the way, or choose another folder."
            default: nil
            }
        return CodError(
            code, "Cannot \(action) \(path): \(errno).", recovery: recovery,
            reach: stopsAll.contains(errno) ? .job : .instance, cause: errno)
    }
}

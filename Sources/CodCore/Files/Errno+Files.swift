package import SystemPackage

extension Errno {
    /// Whether it says that too many files are open, in this process or on this machine.
    package var isLackOfFiles: Bool { self == .tooManyOpenFiles || self == .tooManyOpenFilesInSystem }
}

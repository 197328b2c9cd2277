import CodCore
import SystemPackage

extension CodError {
    /// A zip that cannot be written: that costs its study at least.
    static func writingZip(_ path: String, _ errno: Errno) -> CodError {
        let failure = file("write", path, errno)
        return failure.reaching(max(failure.reach, .study))
    }
}

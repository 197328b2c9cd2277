import CodCore
import NIOCore
import NIOPosix
import SystemPackage

extension CodError {
    /// A connection that could not be opened because too many files are open; `nil` for other failures.
    static func lackOfDescriptors(
        _ error: any Error, to origin: HTTPAddress.Origin, about subject: RequestSubject
    ) -> CodError? {
        guard let errno = error.lackOfDescriptors else { return nil }
        return subject.locate(
            CodError(
                .requestFailed, "No connection to \(origin.hostAndPort) could be opened for \(subject.displayName): \(errno).",
                recovery: "Allow more open files (ulimit -n), or use fewer connections (--jobs).", reach: subject.reach,
                transience: .transient, cause: error))
    }
}

extension Error {
    /// Whether it says that too many files are open.
    var isLackOfDescriptors: Bool { lackOfDescriptors != nil }

    fileprivate var lackOfDescriptors: Errno? {
        let errors = (self as? NIOConnectionError)?.connectionErrors.map(\.error) ?? [self]
        return errors.lazy.compactMap { ($0 as? IOError).map { Errno(rawValue: $0.errnoCode) } }
            .first(where: \.isLackOfFiles)
    }
}

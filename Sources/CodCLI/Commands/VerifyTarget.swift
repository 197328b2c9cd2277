import CodCore
import CodSink
import CodZip
import SystemPackage

/// What is to be verified: a folder that studies were saved to, or zips of studies.
struct VerifyTarget: Sendable {
    enum What: Sendable {
        case folder(String)
        case zips([String])
    }

    let what: What
    /// The studies that were named; all where there are none.
    let studies: [String]

    /// A path that ends in `.zip` is a zip's unless there is a folder of that name. Behind one all others are, too.
    init(_ path: String, _ more: [String]) {
        if Self.isZip(path) {
            what = .zips([path] + more.filter(Self.isZip))
            studies = more.filter { !Self.isZip($0) }
        } else {
            what = .folder(path)
            studies = more
        }
    }

    private static func isZip(_ path: String) -> Bool {
        path.lowercased().hasSuffix(".zip")
            && (try? OpenFile.folder(at: ".").statusFollowing(path))?.kind != .folder
    }

    /// Verifies it.
    func run(_ tell: @escaping @Sendable (VerificationEvent) async -> Void) async throws -> VerificationReport {
        switch what {
        case .folder(let folder): try await OutputVerifier(at: folder).run(studies: studies, tell)
        case .zips(let paths): try await ZipsVerifier(of: paths).run(studies: studies, tell)
        }
    }

    /// Where something is that a finding names.
    func path(of path: String) -> String {
        switch what {
        case .folder(let folder): "\(folder)/\(path)"
        case .zips: path
        }
    }
}

extension VerifyTarget: CustomStringConvertible {
    var description: String {
        switch what {
        case .folder(let folder): folder
        case .zips(let paths):
            switch paths.filter({ studies.isEmpty || studies.contains(ZipVerification(of: $0).study ?? "") }) {
            case let wanted where wanted.count == 1: wanted[0]
            case let wanted: Amount.count(wanted.count, "zip")
            }
        }
    }
}

import CodTesting

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a server over TLS needs, in memory and as files.
struct ServedTLS {
    let identity: ServerIdentity
    /// What clients are to trust.
    let authorityPath: String
    let certificatePath: String
    let keyPath: String

    /// A new identity of that authority; the folder is made.
    init(_ authority: TestAuthority, in folder: String) throws {
        identity = try authority.identity()
        (authorityPath, certificatePath, keyPath) = ("\(folder)/authority.pem", "\(folder)/server.pem", "\(folder)/key.pem")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try authority.certificate.write(toFile: authorityPath, atomically: false, encoding: .utf8)
        try identity.certificate.write(toFile: certificatePath, atomically: false, encoding: .utf8)
        try identity.key.write(toFile: keyPath, atomically: false, encoding: .utf8)
    }
}

import CodCore
import NIOSSL
import SystemPackage

/// Certificates of authorities that are trusted besides the system's.
public struct TrustedCertificates: Sendable {
    /// The largest file that is taken for certificates, in bytes.
    static let maximumByteCount = 8 << 20

    let certificates: [NIOSSLCertificate]

    /// Reads a file in PEM form: one or more certificates, with anything between them.
    ///
    /// Throws ``CodError/Code/invalidSource``, naming the file, when it cannot be read or holds no certificate.
    public init(contentsOf path: String) throws {
        let bytes: [UInt8]
        do { bytes = try Self.beginning(of: FilePath(path), byteCount: Self.maximumByteCount + 1) } catch let errno as Errno {
            throw CodError(
                .invalidSource, "The file of certificates \(quoted(path)) cannot be read: \(errno).",
                recovery: "Give --ca-cert a file that holds certificates in PEM form.", reach: .job)
        }
        guard bytes.count <= Self.maximumByteCount else {
            throw CodError(
                .invalidSource, "The file of certificates \(quoted(path)) has more than \(Self.maximumByteCount) bytes.",
                recovery: "Give --ca-cert the certificate of the authority alone.", reach: .job)
        }
        do { certificates = try NIOSSLCertificate.fromPEMBytes(bytes) } catch { certificates = [] }
        if certificates.isEmpty {
            throw CodError(
                .invalidSource, "The file \(quoted(path)) holds no certificate in PEM form, or a damaged one.",
                recovery: "It begins with -----BEGIN CERTIFICATE-----; a DER file is converted by `openssl x509 -inform der`.",
                reach: .job)
        }
    }

    /// Reads in order and without seeking: the file may be a pipe.
    private static func beginning(of path: FilePath, byteCount: Int) throws -> [UInt8] {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 64 << 10)
            while bytes.count < byteCount {
                let count = try piece.withUnsafeMutableBytes { try file.read(into: $0) }
                if count == 0 { break }
                bytes += piece[..<count]
            }
            return bytes
        }
    }
}

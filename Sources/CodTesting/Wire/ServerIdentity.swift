internal import NIOSSL

/// What a server shows to clients over TLS: a certificate, and the key that proves it is the server's. See ``TestAuthority``.
public struct ServerIdentity: Sendable {
    /// The certificate in PEM form.
    public let certificate: String
    /// The key in PEM form.
    package let key: String

    func context() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
        configuration.applicationProtocols = ["http/1.1"]
        return try NIOSSLContext(configuration: configuration)
    }
}

import NIOSSL

extension TLSConfiguration {
    /// What clients use that trust these authorities besides the system's, never instead of them: what is checked stays the same.
    ///
    /// A system without a list of authorities, as minimal ones are, has none to stand beside: there, these are all.
    static func trusting(_ trusted: TrustedCertificates) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if (try? NIOSSLContext(configuration: configuration)) == nil {
            configuration.trustRoots = .certificates(trusted.certificates)
        } else {
            configuration.additionalTrustRoots = [.certificates(trusted.certificates)]
        }
        return configuration
    }
}

/// Which of the credentials a user may have given are used.
public enum CredentialsChoice {
    /// The first that is there of: a token file, the environment's `COD_TOKEN`, the token of a link. None of them: no token.
    ///
    /// A token that is empty, or only spaces, counts as none; so does an empty path.
    public static func choose(
        tokenFile: String?, environment: [String: String], link: Secret?
    ) -> any Credentials {
        if let tokenFile, !tokenFile.isEmpty { return TokenFile(tokenFile) }
        if let text = environment["COD_TOKEN"], !text.trimmingASCIIWhitespace.isEmpty {
            return FixedToken(Secret(text), from: "The environment variable COD_TOKEN")
        }
        if let link, !link.value.trimmingASCIIWhitespace.isEmpty {
            return FixedToken(link, from: "The token of the link")
        }
        return Anonymous()
    }
}

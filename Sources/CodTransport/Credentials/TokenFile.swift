import CodCore
import Logging
import SystemPackage

/// A token in a file, which somebody else may renew: after a 401 the file is read again.
///
/// However many requests are refused at a time, the file is read once for all of them.
public struct TokenFile: Credentials {
    /// The file.
    public let path: String
    private let issued: IssuedCredentials

    /// The token in a file, read when it is first needed.
    public init(_ path: String) {
        self.path = path
        // What goes wrong is thrown, all of it.
        let silent = Logger(label: "cod.token") { _ in SwiftLogNoOpLogHandler() }
        issued = IssuedCredentials(TokenFileReader(path: path), timing: .system, logger: silent)
    }

    /// The file's content without spaces and line breaks around it. Throws ``CodError/Code/unauthorized`` naming the file.
    public func token() async throws -> Secret? { try await issued.token() }

    /// What the file holds now; `nil` when that is still the token that was refused.
    public func replacement(for refused: Secret?) async throws -> Secret? { try await issued.replacement(for: refused) }
}

/// Reads the file.
private struct TokenFileReader: TokenIssuer {
    /// The largest file that is taken for a token, in bytes.
    private static let maximumByteCount = 64 << 10

    let path: String

    func issue() async throws -> IssuedToken {
        IssuedToken(secret: try await offTaskThreads { try content() }, lifetime: nil)
    }

    private func content() throws -> Secret {
        let bytes: ArraySlice<UInt8>
        do {
            bytes = try FilePath(path).beginning(byteCount: Self.maximumByteCount + 1)
        } catch let errno as Errno {
            throw Self.unusable("The token file \(path) cannot be read: \(errno).")
        }
        guard bytes.count <= Self.maximumByteCount else {
            throw Self.unusable("The token file \(path) has more than \(Self.maximumByteCount) bytes: it is no token.")
        }
        guard let token = try TokenText.read(String(decoding: bytes, as: UTF8.self), from: "The token file \(path)") else {
            throw Self.unusable("The token file \(path) is empty.")
        }
        return token
    }

    private static func unusable(_ message: String) -> CodError {
        CodError(.unauthorized, message, recovery: "Write the token, and nothing else, into the file.", reach: .job)
    }
}

import CodCore
import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Google's Application Default Credentials, looked for in Google's order: the file that `GOOGLE_APPLICATION_CREDENTIALS` names, gcloud's
/// own file, the machine's metadata server.
///
/// What is found is used: a file that is named and cannot be used is an error, never a reason to look on.
public enum ApplicationDefault {
    /// What is there; `nil` where there is nothing. Tokens are asked for when the first is needed.
    ///
    /// gcloud's file and the metadata server are asked for Google's own endpoint alone: a store of one's own gets no token that nobody
    /// named. Throws ``CodError/Code/unauthorized`` for a file that cannot be used, and for kinds that are not known here.
    ///
    /// - Parameters:
    ///   - environment: the process's, as a rule.
    ///   - options: how the services that issue tokens are spoken to: proxies, trust, time, retries.
    public static func find(environment: [String: String], options: GCSOptions) throws -> (any Credentials)? {
        try find(environment: environment, options: options, productName: machineProductName)
    }

    static func find(
        environment: [String: String], options: GCSOptions, productName: () -> String?
    ) throws -> (any Credentials)? {
        if let path = environment["GOOGLE_APPLICATION_CREDENTIALS"], !path.trimmingASCIIWhitespace.isEmpty {
            let origin = "The file \(path), which GOOGLE_APPLICATION_CREDENTIALS names,"
            return try credentials(ofFile: path, origin: origin, options: options)
        }
        guard try options.resolvedEndpoint().origin.isGoogles else { return nil }
        if let path = gcloudFile(environment), FileManager.default.fileExists(atPath: path) {
            return try credentials(ofFile: path, origin: "gcloud's file \(path)", options: options)
        }
        return MetadataServer(environment: environment, productName: productName, options: options).map {
            IssuedCredentials($0, timing: options.timing, logger: options.logger)
        }
    }

    private static func credentials(ofFile path: String, origin: String, options: GCSOptions) throws -> any Credentials {
        let issuer = try issuer(
            of: ApplicationDefaultFile(json: content(of: path, origin: origin), origin: origin), origin: origin, options: options)
        return IssuedCredentials(issuer, timing: options.timing, logger: options.logger)
    }

    static func issuer(
        of file: ApplicationDefaultFile, origin: String, options: GCSOptions
    ) throws(CodError) -> any TokenIssuer {
        switch file.kind {
        case "authorized_user": return try AuthorizedUser(file, origin: origin, options: options)
        case "service_account": return try ServiceAccount(file, origin: origin, options: options)
        case let kind:
            let name = kind.map { "credentials of the kind “\($0.prefix(60).printable)”" } ?? "no kind of credentials"
            throw CodError(
                .unauthorized, "\(origin) holds \(name), which cod does not know.",
                recovery: "Let gcloud make the tokens: --token-command \"gcloud auth print-access-token\".", reach: .job)
        }
    }

    private static func content(of path: String, origin: String) throws(CodError) -> ArraySlice<UInt8> {
        let limit = ApplicationDefaultFile.maximumByteCount
        do {
            let bytes = try FilePath(path).beginning(byteCount: limit + 1)
            guard bytes.count <= limit else {
                throw CodError(
                    .unauthorized, "\(origin) has more than \(limit) bytes: it is no credentials file.",
                    recovery: "Name the file that gcloud or Google's console made.", reach: .job)
            }
            return bytes
        } catch let error as CodError {
            throw error
        } catch {
            throw CodError(
                .unauthorized, "\(origin) cannot be read: \(error).",
                recovery: "Name a file that is there, or unset the variable.", reach: .job)
        }
    }

    private static func gcloudFile(_ environment: [String: String]) -> String? {
        let folder =
            environment["CLOUDSDK_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
            ?? environment["HOME"].flatMap { $0.isEmpty ? nil : "\($0)/.config/gcloud" }
        return folder.map { "\($0)/application_default_credentials.json" }
    }

    /// What Linux knows of the machine's firmware.
    private static func machineProductName() -> String? {
        let path = FilePath("/sys/class/dmi/id/product_name")
        return (try? path.beginning(byteCount: 100)).map { String(decoding: $0, as: UTF8.self) }
    }
}

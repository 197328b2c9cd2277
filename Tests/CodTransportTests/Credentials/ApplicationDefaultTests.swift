import CodCore
import Crypto
import CryptoExtras
import TestSupport
import Testing

@testable import CodTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Google's Application Default Credentials")
struct ApplicationDefaultTests {
    private static let answer = #"{"access_token":"issued-1","expires_in":3599,"token_type":"Bearer"}"#

    private static func user(_ server: ScriptedServer, secret: String = "s3&=") -> String {
        """
        {"type": "authorized_user", "client_id": "id", "client_secret": "\(secret)", "refresh_token": "1//r t", "account": "", \
        "token_uri": "\(server.url)/token", "universe_domain": "googleapis.com", "more": {"a": [1]}}
        """
    }

    private static func account(_ server: ScriptedServer, _ key: _RSA.Signing.PrivateKey) throws -> String {
        let object = [
            "type": "service_account", "client_email": "robot@project.example", "private_key_id": "key-1",
            "private_key": key.pkcs8PEMRepresentation, "token_uri": "\(server.url)/token",
        ]
        return String(decoding: try JSONEncoder().encode(object), as: UTF8.self)
    }

    /// What is found where only the given files are there.
    private static func find(
        _ environment: [String: String], _ server: ScriptedServer, endpoint: StorageEndpoint = .google, product: String? = nil,
        _ waits: Waits = Waits()
    ) throws -> (any Credentials)? {
        var options = try options(server, waits)
        options.endpoint = endpoint
        options.credentials = nil
        return try ApplicationDefault.find(environment: environment, options: options) { product }
    }

    @Test("The named file goes first, then gcloud's, then the machine's own account; each only where it is")
    func order() async throws {
        let server = try await ScriptedServer(4) { request in
            .status(
                200,
                #"{"access_token":"\#(request.body.contains("named") ? "named" : request.body.isEmpty ? "machine" : "gcloud")"}"#)
        }
        let folder = try TemporaryFolder()
        try folder.write(Array(Self.user(server, secret: "named").utf8), to: "named.json")
        try folder.write(Array(Self.user(server).utf8), to: "home/.config/gcloud/application_default_credentials.json")
        try folder.write(Array(Self.user(server).utf8), to: "sdk/application_default_credentials.json")
        let named = ["GOOGLE_APPLICATION_CREDENTIALS": "\(folder.path)/named.json"]
        let home = ["HOME": "\(folder.path)/home"]
        let host = ["GCE_METADATA_HOST": "127.0.0.1:\(server.port)"]
        func token(_ environment: [String: String]) async throws -> String? {
            try await Self.find(environment.merging(host) { $1 }, server)?.token()?.value
        }
        #expect(try await token(named.merging(home) { $1 }) == "named")
        #expect(try await token(home) == "gcloud")
        #expect(try await token(["HOME": "/nowhere", "CLOUDSDK_CONFIG": "\(folder.path)/sdk"]) == "gcloud")
        #expect(try await token(["HOME": "/nowhere"]) == "machine")
        let request = try #require(server.requests.last)
        #expect(request.headers["metadata-flavor"] == "Google")
        #expect(request.target.hasPrefix("/computeMetadata/v1/instance/service-accounts/default/token?scopes=https://"))
        #expect(try Self.find(["HOME": "/nowhere"], server) == nil)
        #expect(try Self.find(["HOME": "/nowhere", "NO_GCE_CHECK": "true"].merging(host) { $1 }, server) == nil)
        #expect(try Self.find([:], server, product: "Google Compute Engine\n") != nil)
        #expect(try Self.find([:], server, product: "Standard PC") == nil)
    }

    @Test("A store of one's own gets the token of a file that was named, and no other")
    func ownEndpoint() async throws {
        let server = try await ScriptedServer()
        let folder = try TemporaryFolder()
        try folder.write(Array(Self.user(server).utf8), to: "home/.config/gcloud/application_default_credentials.json")
        let own = try StorageEndpoint(parsing: server.url)
        let home = ["HOME": "\(folder.path)/home", "GCE_METADATA_HOST": "127.0.0.1"]
        #expect(try Self.find(home, server, endpoint: own) == nil)
        let file = ["GOOGLE_APPLICATION_CREDENTIALS": "\(folder.path)/home/.config/gcloud/application_default_credentials.json"]
        #expect(try Self.find(file, server, endpoint: own) != nil)
    }

    @Test("A login is exchanged for a token; busy services are asked again")
    func login() async throws {
        let waits = Waits()
        let server = try await ScriptedServer(.status(503), .status(200, Self.answer))
        let folder = try TemporaryFolder()
        try folder.write(Array(Self.user(server).utf8), to: "user.json")
        let credentials = try #require(
            try Self.find(["GOOGLE_APPLICATION_CREDENTIALS": "\(folder.path)/user.json"], server, waits))
        #expect(try await credentials.token()?.value == "issued-1")
        #expect(server.requests.count == 2 && !waits.all.isEmpty)
        let body = try #require(server.requests.last?.body)
        #expect(body == "grant_type=refresh_token&client_id=id&client_secret=s3%26%3D&refresh_token=1%2F%2Fr%20t")
    }

    @Test("A login that has ended is told, with what to do, and nothing secret")
    func ended() async throws {
        let server = try await ScriptedServer(
            .status(400, #"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#))
        let folder = try TemporaryFolder()
        try folder.write(Array(Self.user(server, secret: canary).utf8), to: "user.json")
        let credentials = try Self.find(["GOOGLE_APPLICATION_CREDENTIALS": "\(folder.path)/user.json"], server)
        let error = await #expect(throws: CodError.self) { try await credentials?.token() }
        #expect(error?.code == .unauthorized && error?.reach == .job && error?.message.contains("expired or revoked") == true)
        #expect(
            error?.recovery?.contains("gcloud auth application-default login") == true
                && !"\(String(describing: error))".contains(canary))
    }

    @Test("A service account signs who it is, for reading alone and for an hour; a clock that is wrong is put right")
    func account() async throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let late = "Sun, 06 Nov 2033 08:49:37 GMT"
        let server = try await ScriptedServer(
            .status(400, #"{"error":"invalid_grant","error_description":"Invalid JWT: iat"}"#, ["date": late]),
            .status(200, Self.answer))
        let folder = try TemporaryFolder()
        try folder.write(Array(try Self.account(server, key).utf8), to: "account.json")
        let credentials = try Self.find(["GOOGLE_APPLICATION_CREDENTIALS": "\(folder.path)/account.json"], server)
        #expect(try await credentials?.token()?.value == "issued-1")
        var times: [Int] = []
        for request in server.requests {
            let prefix = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
            #expect(request.body.hasPrefix(prefix))
            let parts = request.body.dropFirst(prefix.count).split(separator: ".").map(String.init)
            #expect(parts.count == 3)
            let signature = _RSA.Signing.RSASignature(rawRepresentation: try Self.decoded(parts[2]))
            #expect(
                key.publicKey.isValidSignature(
                    signature, for: SHA256.hash(data: Data("\(parts[0]).\(parts[1])".utf8)), padding: .insecurePKCS1v1_5))
            #expect(
                try JSONDecoder().decode([String: String].self, from: Self.decoded(parts[0])) == [
                    "alg": "RS256", "typ": "JWT", "kid": "key-1",
                ])
            let claims = try JSONDecoder().decode(Claims.self, from: Self.decoded(parts[1]))
            #expect(claims.iss == "robot@project.example" && claims.aud == "\(server.url)/token")
            #expect(claims.scope == "https://www.googleapis.com/auth/devstorage.read_only" && claims.exp == claims.iat + 3600)
            times.append(claims.iat)
        }
        #expect(times.count == 2 && times[1] == Int(HTTPDate.secondsSince1970(late) ?? 0))
    }

    private struct Claims: Decodable {
        let iss: String
        let aud: String
        let scope: String
        let iat: Int
        let exp: Int
    }

    private static func decoded(_ text: String) throws -> Data {
        let padded =
            text.replacing("-", with: "+").replacing("_", with: "/") + String(repeating: "=", count: (4 - text.count % 4) % 4)
        return try #require(Data(base64Encoded: padded))
    }

    @Test(
        "A file that is named and cannot be used is an error that says why, not a reason to look on",
        arguments: [
            ("", "no object in JSON"), ("[]", "no object in JSON"), ("{}", "no kind"),
            (#"{"type": "authorized_user"}"#, "client_id"),
            (#"{"type": "external_account"}"#, "external_account"),
            (#"{"type": "impersonated_service_account"}"#, "impersonated_service_account"),
            (#"{"type": "service_account", "client_email": "a", "private_key": "CANARY"}"#, "no RSA key"),
            (
                #"{"type": "authorized_user", "client_id": "a", "client_secret": "CANARY", "refresh_token": "CANARY", "token_uri": "https://googleapis.com.evil.example/"}"#,
                "none of Google's"
            ),
            (
                #"{"type": "authorized_user", "client_id": "a", "client_secret": "CANARY", "refresh_token": "CANARY", "token_uri": "http://oauth2.googleapis.com/token"}"#,
                "none of Google's"
            ),
        ])
    func unusable(json: String, words: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write(Array(json.utf8), to: "file.json")
        let server = try await ScriptedServer()
        let error = #expect(throws: CodError.self) {
            _ = try Self.find(["GOOGLE_APPLICATION_CREDENTIALS": "\(folder.path)/file.json"], server)
        }
        #expect(error?.code == .unauthorized && error?.reach == .job && error?.message.contains(words) == true)
        #expect(error?.message.contains("\(folder.path)/file.json") == true && error?.recovery != nil)
        #expect(!"\(String(describing: error))".contains("CANARY"))
        if json.contains("account\"") && words.contains("_account") {
            #expect(error?.recovery?.contains("--token-command") == true)
        }
        #expect(throws: CodError.self) {
            _ = try Self.find(["GOOGLE_APPLICATION_CREDENTIALS": "\(folder.path)/nowhere.json"], server)
        }
    }
}

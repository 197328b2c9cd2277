import CodCore
import Testing

@testable import CodTransport

@Suite("Addresses")
struct AddressTests {
    @Test(
        "A name in a segment keeps nothing but unreserved characters",
        arguments: [
            ("p/studies/1.2/series/3.4.tar", "p%2Fstudies%2F1.2%2Fseries%2F3.4.tar"),
            ("a+b c", "a%2Bb%20c"), ("é", "%C3%A9"), ("e\u{301}", "e%CC%81"), ("a%b", "a%25b"), ("q?m#h", "q%3Fm%23h"),
            (";&=@", "%3B%26%3D%40"), ("lead//double/", "lead%2F%2Fdouble%2F"), ("../x", "..%2Fx"), ("-._~", "-._~"),
            ("!$'()*,:[]", "%21%24%27%28%29%2A%2C%3A%5B%5D"), ("", ""), ("\u{7F}\u{0}", "%7F%00"),
        ])
    func segments(name: String, encoded: String) {
        #expect(ObjectName.segment(name) == encoded)
        #expect(ObjectName.path(name) == encoded.replacing("%2F", with: "/"))
    }

    @Test("Names that no object has are refused", arguments: ["", "a\nb", "a\rb", String(repeating: "é", count: 513)])
    func badNames(name: String) {
        #expect { try ObjectName.check(name) } throws: { ($0 as? CodError)?.code == .invalidIdentifier }
    }

    @Test("The longest name is taken")
    func longestName() throws {
        try ObjectName.check(String(repeating: "é", count: 512))
    }

    @Test(
        "Endpoints are read with and without a scheme",
        arguments: [
            ("https://storage.googleapis.com", "https://storage.googleapis.com"),
            ("https://storage.googleapis.com/", "https://storage.googleapis.com"),
            ("HTTPS://Storage.Example.COM:443//", "https://storage.example.com"),
            ("localhost:9023", "http://localhost:9023"), ("127.0.0.1:80", "http://127.0.0.1"), ("emulator", "http://emulator"),
            ("http://[::1]:4443", "http://[::1]:4443"), (" http://h:1/base/path/ \n", "http://h:1/base/path"),
        ])
    func endpoints(text: String, shown: String) throws {
        #expect(try StorageEndpoint(parsing: text).description == shown)
    }

    @Test(
        "What is no endpoint is a usage error that names it",
        arguments: [
            "", " ", "ftp://h", "https://", "https://user:secret@h", "https://h:0", "https://h:65536", "https://h:x",
            "https://h?x=1", "https://h#f", "https://h\u{0}", "https://ho st", "http://[::1", "http://::1", "h:1:2", "gs://b",
        ])
    func badEndpoints(text: String) {
        #expect {
            try StorageEndpoint(parsing: text)
        } throws: { error in
            guard let error = error as? CodError else { return false }
            return error.code == .invalidSource && error.message.contains(SourceText.redacted(text)) && error.recovery != nil
        }
    }

    @Test("A portal's link in the place of an endpoint is refused without showing its token")
    func linkAsEndpoint() {
        #expect {
            try StorageEndpoint(parsing: "https://host/bucket?token=SECRET-CANARY")
        } throws: { "\($0)".contains("https://host/bucket") && !"\($0)".contains("CANARY") }
    }

    @Test("The environment names an emulator, or nothing")
    func environment() throws {
        #expect(try StorageEndpoint(environment: [:]) == .google)
        #expect(try StorageEndpoint(environment: ["STORAGE_EMULATOR_HOST": " "]) == .google)
        #expect(try StorageEndpoint(environment: ["STORAGE_EMULATOR_HOST": "h:1"]).description == "http://h:1")
        #expect {
            try StorageEndpoint(environment: ["STORAGE_EMULATOR_HOST": "h:x"])
        } throws: { ($0 as? CodError)?.message.contains("STORAGE_EMULATOR_HOST") ?? false }
    }

    @Test(
        "Only plain http to another machine is exposed",
        arguments: [
            ("https://h", false), ("http://localhost:1", false), ("127.0.0.1:1", false), ("127.8.9.1:1", false),
            ("[::1]:1", false), ("http://h", true), ("http://127.0.0.1.example.com", true), ("http://127.0.0.256", true),
            ("http://localhost.example.com", true), ("http://10.0.0.1", true), ("http://127.1", true),
        ])
    func exposure(text: String, isExposed: Bool) throws {
        #expect(try StorageEndpoint(parsing: text).isExposed == isExposed)
    }

    @Test("A bucket's addresses are the JSON API's")
    func bucketAddresses() throws {
        let endpoint = try StorageEndpoint(parsing: "h:1/base")
        let address = BucketAddress(endpoint: endpoint, bucket: "b_1", prefix: "p q/dicomweb", userProject: "me")
        #expect(address.displayName == "gs://b_1/p q/dicomweb")
        #expect(address.url(of: "p q/é.tar") == "http://h:1/base/b_1/p%20q/%C3%A9.tar")
        #expect(
            address.media(of: "a/b", generation: 7)
                == "/base/storage/v1/b/b_1/o/a%2Fb?alt=media&ifGenerationMatch=7&userProject=me")
        #expect(
            address.page(of: address.listing(ofStudy: "1.2"), size: 2, token: "t=/")
                == "/base/storage/v1/b/b_1/o?prefix=p%20q%2Fdicomweb%2Fstudies%2F1.2%2Fseries%2F"
                + "&fields=items%28name%2Csize%2Cgeneration%2Ccrc32c%29%2CnextPageToken&prettyPrint=false&maxResults=2"
                + "&pageToken=t%3D%2F&userProject=me")
    }

    @Test("Without a prefix names begin with studies/; a slash at a prefix's end is not doubled")
    func roots() {
        func prefix(_ prefix: String?) -> String {
            BucketAddress(endpoint: .google, bucket: "b", prefix: prefix, userProject: nil).studiesListing.prefix
        }
        #expect(prefix(nil) == "studies/")
        #expect(prefix("") == "studies/")
        #expect(prefix("p") == "p/studies/")
        #expect(prefix("p/") == "p/studies/")
        let address = BucketAddress(endpoint: .google, bucket: "b", prefix: nil, userProject: nil)
        #expect(address.displayName == "gs://b")
        #expect(
            address.page(of: address.studiesListing, size: nil, token: nil)
                == "/storage/v1/b/b/o?prefix=studies%2F&delimiter=%2F&fields=prefixes%2CnextPageToken&prettyPrint=false")
    }
}

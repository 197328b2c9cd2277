import CodCore
import Testing

@testable import CodTransport

@Suite("A link names a bucket, a prefix and a token")
struct BucketDetailsTests {
    struct Row: CustomTestStringConvertible {
        let link: String
        let bucket: String
        let prefix: String?
        let token: String?

        init(_ link: String, _ bucket: String, _ prefix: String?, _ token: String? = nil) {
            (self.link, self.bucket, self.prefix, self.token) = (link, bucket, prefix, token)
        }

        var testDescription: String { link }
    }

    @Test(
        "Every form of link is read as it is meant",
        arguments: [
            Row("https://h/my-bucket?token=t", "my-bucket", "dicomweb", "t"),
            Row("https://h/my-bucket/?token=t", "my-bucket", "dicomweb", "t"),
            Row("https://h/my-bucket/p?token=t", "my-bucket", "p/dicomweb", "t"),
            Row("https://h/my-bucket/my/prefix/parts?a=b&token=t%2Bz&c", "my-bucket", "my/prefix/parts/dicomweb", "t+z"),
            Row("https://h/my-bucket/p/?token=t", "my-bucket", "p/dicomweb", "t"),
            Row("https://h//my-bucket///p//q//?token=t", "my-bucket", "p/q/dicomweb", "t"),
            Row("https://h/my-bucket/p/dicomweb?token=t", "my-bucket", "p/dicomweb", "t"),
            Row("https://h/my-bucket/p/dicomweb/?token=t", "my-bucket", "p/dicomweb", "t"),
            Row("https://h/my-bucket/dicomweb", "my-bucket", "dicomweb"),
            Row("https://h/my-bucket/mydicomweb", "my-bucket", "mydicomweb/dicomweb"),
            Row("https://h/b%20k/p%20q?token=a", "b k", "p q/dicomweb", "a"),
            Row("https://h/b/p%2Fq%2F", "b", "p/q/dicomweb"),
            Row("https://h/b/%C3%A4", "b", "ä/dicomweb"),
            Row("https://h/b/p", "b", "p/dicomweb"),
            Row("https://h/b/p?token=", "b", "p/dicomweb"),
            Row("https://h/b/p?token", "b", "p/dicomweb"),
            Row("https://h/b/p?tokens=x&Token=y", "b", "p/dicomweb"),
            Row("https://h/b/p?token=one&token=two", "b", "p/dicomweb", "one"),
            Row("https://h/b/p?broken=%zz&token=t", "b", "p/dicomweb", "t"),
            Row("https://h/b/p?token=ab==", "b", "p/dicomweb", "ab=="),
            Row("https://h/b/p?token=a/b?c+d", "b", "p/dicomweb", "a/b?c+d"),
            Row("https://h/b/p#token=t", "b", "p/dicomweb"),
            Row("https://h/b/p?token=t#there", "b", "p/dicomweb", "t"),
            Row("https://user:pass@h:8443/b/p", "b", "p/dicomweb"),
            Row("https://[::1]:8443/b/p", "b", "p/dicomweb"),
            Row("HTTPS://h/b/p?token=t", "b", "p/dicomweb", "t"),
            Row("http://h/b/p?token=t", "b", "p/dicomweb", "t"),
            Row(" \thttps://h/b/p?token=t\r\n", "b", "p/dicomweb", "t"),
            Row("gs://b", "b", nil),
            Row("gs://b/", "b", nil),
            Row("gs://b/p", "b", "p"),
            Row("gs://b/p/", "b", "p"),
            Row("gs://b/p//q%20", "b", "p//q%20"),
            Row("gs://b/p/dicomweb", "b", "p/dicomweb"),
            Row("GS://b/p", "b", "p"),
        ])
    func reads(row: Row) throws {
        let details = try BucketDetails(link: row.link)
        #expect(details.bucket == row.bucket)
        #expect(details.bucketPrefix == row.prefix)
        #expect(details.token?.value == row.token)
    }

    @Test(
        "A link that cannot be read is an invalid source, shown without what is secret",
        arguments: [
            "https://?token=SECRET", "https:///b?token=SECRET", "https://h?token=SECRET", "https://h/?token=SECRET",
            "https://h///?token=SECRET", "https://h/%?token=SECRET", "https://h/b/100%?token=SECRET",
            "https://h/b/%4?token=SECRET", "https://h/b/%zz?token=SECRET", "https://h/b/%FF?token=SECRET",
            "https://h/b%2Fc/p?token=SECRET", "https://h/b/p%0D%0AX-Evil:1?token=SECRET", "https://h/b%00?token=SECRET",
            "https://h/b/\u{7}?token=SECRET", "https://h/b/../c?token=SECRET", "https://h/b/%2e%2e/c?token=SECRET",
            "https://h/./c?token=SECRET", "https://h/b/p?token=SECRET%0D%0AX-Evil:1", "https://h/b/p?token=SECRET%",
            "https://h/b/p?token=SECRET x", "https://h/b/p?token=SECRET%C3%A4", "https://h/b/p%3Ftoken=SECRET",
            "https://h/b/token=SECRET", "https://user:SECRET@h/", "s3://b/p?token=SECRET", "ftp://h/b?token=SECRET",
            "gs://", "gs:///p", "gs://b/p?token=SECRET", "gs://b?token=SECRET", "gs://b/p%3FToken%3DSECRET", "gs://b/../p",
            "gs://b/\r\np", "gs://b\u{0}",
            "", "   ", "h/b?token=SECRET", "file:///b?token=SECRET", "://h/b?token=SECRET", "https:/h/b?token=SECRET",
            "https://h/b/\(String(repeating: "p", count: 2000))?token=SECRET",
        ])
    func refuses(link: String) {
        let error = #expect(throws: CodError.self) { try BucketDetails(link: link) }
        #expect(error?.code == .invalidSource)
        #expect(error?.reach == .job)
        #expect(error?.recovery != nil)
        #expect(error.map { "\($0)".contains("SECRET") } == false)
        #expect(error.map { "\($0)".unicodeScalars.contains { $0.isControl } } == false)
        #expect(error.map { $0.message.utf8.count < 600 } == true)
    }

    @Test("Details are used exactly as given")
    func asGiven() {
        let details = BucketDetails(bucket: "b", bucketPrefix: "p//q/", token: "t%20")
        #expect(details.bucketPrefix == "p//q/")
        #expect(details.token?.value == "t%20")
        #expect(details.objectPrefix == "p//q//")
        #expect(BucketDetails(bucket: "b").objectPrefix == "")
        #expect(BucketDetails(bucket: "b", bucketPrefix: "").objectPrefix == "")
        #expect(BucketDetails(bucket: "b", bucketPrefix: "p").objectPrefix == "p/")
        #expect(BucketDetails(bucket: "b", token: "").token == nil)
    }

    @Test("A token shows in no print, dump or interpolation")
    func secrecy() throws {
        let details = try BucketDetails(link: "https://h/b/p?token=SECRET")
        var dumped = ""
        dump(details, to: &dumped)
        dump(Source.bucket(details), to: &dumped)
        dump(details.token, to: &dumped)
        let shown =
            "\(details) \(String(reflecting: details)) \(String(describing: details.token)) \(dumped)"
            + "\(String(reflecting: details.token)) \(Source.bucket(details)) \(Mirror(reflecting: details).children.map { $0 })"
        #expect(!shown.contains("SECRET"))
        #expect(shown.contains("redacted"))
        #expect(details.token?.value == "SECRET")
    }
}

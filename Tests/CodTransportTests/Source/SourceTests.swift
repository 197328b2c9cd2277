import CodCore
import Testing

@testable import CodTransport

@Suite("A source is a link, a bucket's address or a folder")
struct SourceTests {
    @Test("Links and addresses name buckets")
    func buckets() throws {
        #expect(try Source("gs://b/p") == .bucket(BucketDetails(bucket: "b", bucketPrefix: "p")))
        #expect(
            try Source("https://h/b/p?token=t") == .bucket(BucketDetails(bucket: "b", bucketPrefix: "p/dicomweb", token: "t")))
    }

    @Test("Paths and file addresses name folders that hold studies")
    func folders() throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("a store/studies")
        let path = "\(folder.path)/a store"
        let encoded = "\(folder.path)/a%20store"
        #expect(try Source(path) == .folder(path: path))
        for address in ["file://\(encoded)", "file://localhost\(encoded)", "file:\(encoded)", " FILE://\(encoded)\n"] {
            #expect(try Source(address) == .folder(path: path))
        }
    }

    @Test("What is no store says why")
    func refusals() throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("empty")
        try folder.makeFolder("store/studies")
        try folder.write([1], to: "file")
        try folder.write([1], to: "wrong/studies")
        let rows = [
            ("\(folder.path)/absent", "there is none"), ("\(folder.path)/empty", "holds no folder \"studies\""),
            ("\(folder.path)/file", "is none"), ("\(folder.path)/wrong", "is no folder"),
            ("\(folder.path)/store/studies", "give the folder that it lies in"), ("file://elsewhere/x", "begin with a slash"),
            ("file:///a%zz", "two hex digits"), ("file:///a%00b", "NUL"), ("", "empty"), ("a\u{0}b", "NUL"),
            ("s3://b/p", "\"s3\""), ("portal.example/b?token=SECRET", "there is none"),
        ]
        for (text, reason) in rows {
            let error = #expect(throws: CodError.self) { try Source(text) }
            #expect(error?.code == .invalidSource)
            #expect(error?.message.contains(reason) == true, "\(text): \(error?.message ?? "")")
            #expect(error.map { "\($0)".contains("SECRET") } == false)
        }
    }
}

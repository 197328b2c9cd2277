/// Links, addresses and folders; with a token put in their middle (mode 8 and above) and without.
func linkSeeds() -> [[UInt8]] {
    let texts = [
        "https://portal.example.org/bucket/a/b?token=abc&x=y", "https://host/bucket?token=a%2Eb", "http://h/b/dicomweb/#token=x",
        "gs://bucket/prefix/dicomweb", "gs://bucket", "gs://b/a//b/", "file:///data/store", "file://localhost/a%20b", "file:/x",
        "./folder", "https://user:password@host/b", "https://h/a%2Fb/%2e%2e/c", "https://h/%", "s3://x/y", "https:///x",
        "  https://h/b \n", "storage.googleapis.com", "http://localhost:4443/base/", "https://[::1]:80/x", "127.0.0.1:9", "//h/p",
        "?x",
        "https://storage.googleapis.com:443/moved", "/é/\u{202E}x", "gs://b/token=x",
    ]
    return texts.flatMap { text in
        let middle = UInt8(text.utf8.count / 2)
        return [
            FuzzInput.seed(text.utf8), FuzzInput.seed(text.utf8, mode: 8, choice: UInt8(text.utf8.count)),
            FuzzInput.seed(text.utf8, mode: 11, choice: middle), FuzzInput.seed(text.utf8, mode: 12, choice: 0),
        ]
    }
}

let linkWords = [
    "https://", "http://", "gs://", "file://", "localhost/", "://", "?", "&", "#", "token=", "%74oken=", "%2F", "%2e", "%", "%00",
    "..",
    "/dicomweb", "@", ":443", "[::1]", "127.0.0.1", "\u{0}", "\u{1B}", "\u{2028}", "é", ":0", ":65536", "//",
]

/// A `log.json` as it is written, and others.
func logSeeds() -> [[UInt8]] {
    [
        "{\"logs\": [\n\"1/2/3\",\n\"1/2/4\"]}\n", "{\"logs\":[]}", "{\"x\":{\"logs\":[\"1/2/3\"]},\"logs\":[\"1/2\"]}", "[]", "",
        "{\"logs\":[\"../2/3\",5,null,{},[],\"1/2/3/4\"]}", "\u{FEFF}{\"logs\":[\"\\u0031/2/3\"]}", "{\"logs\":[\"1\\/2\\/3\"",
        "{\"logs\":[\"a\\ud800/b/c\",\"\\x\"]}}", "{\"logs\":\"logs\",\"logs\":[\"1/2/3\"]} {}",
    ].map { FuzzInput.seed($0.utf8) }
}

let logWords = [
    "{\"logs\":[", "]}", "\",\"", "\"", "\\u0031", "\\/", "\\", "1.2.840/1.2/1.3", "/", "..", ".cod", "null", "[", "{",
    "\u{FEFF}",
]

/// Notes on what is saved, whole and torn.
func recordSeeds() -> [[UInt8]] {
    [
        "1.2.3 5 9a71bb4c verified\n1.2.4 0 - unverified\n", "1.2.3 5 9A71BB4C verified\n", "1.2.3 -1 - verified\n1.2.3 5 - ver",
        "../x 5 - verified\n", "1.2 5  verified\n", "\n\n1 99999999999999999999 - verified\n", "1.2 +5 ffffffff unverified\r\n",
        String(repeating: "9", count: 260) + " 5 - verified\n1 1 - verified\n",
        "1.2 5 9a71bb4c at:a/b%20c%25.dcm verified\n1.2 5 - at:../x verified\n1.2 5 9a71bb4c at:x 00000001 confirmed\n",
    ].map { FuzzInput.seed($0.utf8) }
}

let recordWords = [
    "\n", " ", " - ", " verified\n", " unverified\n", "9a71bb4c", "9223372036854775807", "+5", "-0", ".cod", "1.2.3",
    " at:", "%20", "%25", "/",
]

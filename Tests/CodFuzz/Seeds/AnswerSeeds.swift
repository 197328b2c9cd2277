/// Pages of a listing, as the service and its stand-ins write them.
func listingSeeds() -> [[UInt8]] {
    let object = #"{"name":"studies/1/series/2.tar","size":"10240","generation":"1700000000000000","crc32c":"mnG7TA=="}"#
    let pages = [
        #"{"kind":"storage#objects","items":[\#(object)]}"#, #"{"items":[\#(object),\#(object)],"nextPageToken":"next"}"#,
        #"{"items":null,"prefixes":["studies/1/"],"nextPageToken":""}"#, "{}",
        #"{"items":[{"name":"studies/1/series/x","size":12,"generation":-1,"crc32c":"?"}],"nextPageToken":"a"}"#,
        #"{"items":[{"name":"studies/1/series/é/metadata.json","size":"x"}]}"#,
    ]
    return pages.map { FuzzInput.seed($0.utf8) }
        + [
            FuzzInput.seed("\(pages[1])\u{1E}\(pages[4])\u{1E}\(pages[0])".utf8),
            FuzzInput.seed("\(pages[1])\u{1E}\(pages[1])".utf8),
            FuzzInput.seed(pages[2].utf8, mode: 6), FuzzInput.seed(pages[0].utf8, mode: 1),
        ]
}

let listingWords = [
    "\"items\":[", "\"prefixes\":[", "\"nextPageToken\":", "\"name\":", "\"size\":", "\"generation\":", "\"crc32c\":",
    "\"studies/",
    "/series/", ".tar\"", "\u{1E}", "{}", "null", "\"9223372036854775808\"", "-1", "1e3", "\\ud800", "\\u0000", "},{",
]

/// Heads and bodies of answers.
func answerSeeds() -> [[UInt8]] {
    let texts: [(String, UInt8)] = [
        ("Content-Range: bytes 0-299/300\nContent-Length: 300\nx-goog-generation: 7\n\n", 1),
        ("content-range: bytes 10-29/300\n\n", 1), ("Content-Range: bytes */300\n\n", 2), ("Content-Range: bytes 0--1/0\n\n", 1),
        ("Content-Range: bytes 5-2/*\n\n", 0), ("Content-Range: bytes 0-9223372036854775806/9223372036854775807\n\n", 1),
        ("Retry-After: 120\nDate: Sun, 06 Nov 1994 08:49:37 GMT\n\n{\"error\":{\"message\":\"slow down\"}}", 3),
        ("Retry-After: Sun, 06 Nov 1994 08:50:37 GMT\nDate: Sunday, 06-Nov-94 08:49:37 GMT\n\nno", 3),
        ("Retry-After: Sun Nov  6 08:50:37 1994\nDate: Sun Nov  6 08:49:37 1994\n\n", 3),
        ("\n{\"error\":{\"message\":{\"error\":{\"message\":\"deep\"}}}}", 3), ("\n{\"error\":\"plain\"}", 4),
        ("\n<?xml?><Error><Code>UserProjectMissing</Code><Message>Bucket is requester pays</Message></Error>", 4),
        ("Content-Type: text/html\n\n<html>", 0), ("\nBearer ya29.abc Authorization: bearer x", 3),
        ("x-goog-stored-content-encoding: gzip\nContent-Encoding: gzip\n\n", 0),
        ("x-goog-stored-content-encoding: identity\n\n", 0),
    ]
    return texts.enumerated().map { FuzzInput.seed($1.0.utf8, mode: $1.1, choice: UInt8($0 * 16)) }
}

let answerWords = [
    "Content-Range: ", "bytes ", "*/", "-", "/*", "Retry-After: ", "Date: ", "Content-Length: ", "x-goog-generation: ", "GMT",
    "Nov",
    "Feb", "29", "1994", "08:49:60", "\n\n", "\n", "{\"error\":", "{\"message\":", "<Error><Code>", "</Code>", "<Message>",
    "</Message>",
    "bearer ", "ya29.", "9223372036854775807", "18446744073709551616", "requester pays",
]

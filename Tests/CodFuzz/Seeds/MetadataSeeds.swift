import CodCore
import CodTesting
import Foundation

/// What ``StoreWriter`` writes, in all its forms, and metadata by hand.
func metadataSeeds() throws -> [[UInt8]] {
    var seeds: [[UInt8]] = []
    let study = try SyntheticStudy(seed: 1, instancesPerSeries: 1, rows: 1, columns: 1)
    for version in StoreWriter.MetadataVersion.allCases {
        for encoding in StoreWriter.MetadataEncoding.allCases {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cod-fuzz-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let writer = StoreWriter(folder: folder, bucket: "b", metadataVersion: version, metadataEncoding: encoding)
            let name = try study.write(to: writer).series[0].metadataName
            seeds.append(FuzzInput.seed(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))))
        }
    }
    let instance = #"""
        "1.2.3":{"uri":"gs://b/studies/1/series/2.tar://instances/1.2.3.dcm","size":5,"crc32c":"mnG7TA==","headers":{"start_byte":1536,
        "end_byte":1541},"metadata":{"00080060":{"vr":"CS","Value":["CT"]},"0008103E":{"vr":"LO","Value":["chest"]}}}
        """#
    seeds += [
        FuzzInput.seed(#"{"study_uid":"1","series_uid":"2","cod":{"instances":{\#(instance)}}}"#.utf8),
        FuzzInput.seed(#"{"deid_study_uid":"1","cod":{"x":[1,{"y":[]}],"instances":{}},"thumbnail":{"a":null}}"#.utf8, mode: 1),
        FuzzInput.seed(
            #"{"cod":{"instances":{"1.2.3":null,"1.2.4":{"url":"gs://b/x.tar://a/b.dcm","size":1e3}}}}"#.utf8, mode: 2, choice: 30
        ),
        FuzzInput.seed(instance.utf8, mode: 3),
        FuzzInput.seed(#""crc32c":"4waSgw==","uri":"gs://b/2.tar://x.dcm","headers":{"start_byte":-1}"#.utf8, mode: 4),
        FuzzInput.seed(#"{"00080060":{"vr":"CS","Value":["MR","x"]},"0008103e":{"Value":[" a\u0000b "]}}"#.utf8, mode: 5),
        FuzzInput.seed([0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x00, 0x11, 0x00, 0x00, 0x7B, 0x7D], mode: 6),
    ]
    // The same, with instances that are judged by their attributes.
    let model =
        #"{"00080060":{"Value":["MR"]},"0008103E":{"Value":["chest"]},"00100010":{"Value":[{"Alphabetic":"a^b^"}]},"00200013":{"Value":[3]}}"#
    seeds += [
        FuzzInput.seed(#"{"cod":{"instances":{"1.2":{"metadata":\#(model)},"1.3":{"metadata":\#(model)}}}}"#.utf8, mode: 7),
        FuzzInput.seed(model.utf8, mode: 12),
    ]
    return seeds
}

let metadataWords = [
    "{", "}", "[", "]", ":", ",", "\"", "\\u", "\\", "null", "true", "false", "NaN", "-Infinity", "1e400", "-0", "0.1",
    "\u{FEFF}",
    "\"study_uid\":", "\"deid_series_uid\":", "\"cod\":{", "\"instances\":{", "\"uri\":", "\"url\":", "\"size\":", "\"crc32c\":",
    "\"headers\":{\"start_byte\":", "\"metadata\":", "\"Value\":[", "\"00080060\":", "\"0008103E\":", "\"00100010\":",
    "\"Alphabetic\":", "\"00200013\":", ".tar://", "instances/",
    "\"4waSgw==\"", "9223372036854775807", "5497558138880", "\"1.2\":{", "\\ud83d\\ude00", "\u{1F}\u{8B}\u{8}\u{0}",
]

/// Every kind of value, whole and broken.
func jsonSeeds() -> [[UInt8]] {
    [
        #"{"a":[1,-2.5e+3,true,false,null,"x\u00e9\ud83d\ude00\n"],"b":{}}"#, "[[[[[[]]]]]]", "\"\"", " 0 ", "-1.0E-5", "{}",
        "[1,]",
        #"{"a" "b"}"#, #"["\ud800"]"#, "\u{FEFF}{}", "NaN", "[-Infinity]", #"{"é":"ü"}"#, "tru", "1.", "\"\\u12", "[\"a\tb\"]",
    ].map { FuzzInput.seed($0.utf8) }
        + [FuzzInput.seed([0x22, 0xC3, 0x28, 0xFF, 0x22]), FuzzInput.seed(#"["123456789"]"#.utf8, mode: 1, choice: 4)]
}

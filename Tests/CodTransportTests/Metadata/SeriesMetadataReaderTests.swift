import CodCore
import Testing

@testable import CodTransport

func readMetadata(
    _ pieces: some Sequence<some Collection<UInt8>>, limits: MetadataLimits = MetadataLimits(), selection: Selection = .everything
) throws -> SeriesMetadata {
    var reader = SeriesMetadataReader(limits: limits, selection: selection)
    for piece in pieces { try reader.push(ByteChunk(piece)) }
    return try reader.finish()
}

func readMetadata(
    _ text: String, limits: MetadataLimits = MetadataLimits(), selection: Selection = .everything
) throws -> SeriesMetadata {
    try readMetadata([Array(text.utf8)], limits: limits, selection: selection)
}

/// A metadata.json whose only instance has these fields.
func oneInstance(_ fields: String) -> String { #"{"cod":{"instances":{"1.2":{\#(fields)}}}}"# }

@Suite("metadata.json is reduced to what is used")
struct SeriesMetadataReaderTests {
    static let attributes = #"{"00080060":{"vr":"CS","Value":["CT "]},"0008103E":{"vr":"LO","Value":["Thorax\u001b 1mm"]}}"#

    static let versionOne = """
        {"deid_study_uid": "S", "deid_series_uid": "X", "thumbnail": {"uri": "gs://b/t.jpg", "instances": ["a"]},
         "cod": {"lock": null, "instances": {
           "1.2.2": {"uri": "gs://b/p/studies/S/series/X.tar://instances/1.2.2.dcm", "size": 300, "crc32c": "4waSgw==",
                     "headers": {"start_byte": 4096, "end_byte": 4396}, "version": "1.0", "original_path": "/a/b",
                     "metadata": {"00080005": {"vr": "CS", "Value": [null, 1.5, "ISO_IR 100"]},
                                  "00080060": {"vr": "CS", "Value": ["CT "]},
                                  "0008103e": {"vr": "LO", "Value": ["Thorax\\u001b 1mm"]},
                                  "00081140": {"vr": "SQ", "Value": [{"00080060": {"Value": ["XX"]}}]}}},
           "1.2.1": {"url": "gs://b/p/studies/S/series/X.tar://instances/1.2.1.dcm", "size": 200, "crc32c": "AAAAAA==",
                     "headers": {"start_byte": 1536}, "dependencies": ["q"], "offset_tables": {"size": 5},
                     "metadata": {"00080060": {"vr": "CS", "Value": ["MR"]}}}
         }}}
        """

    @Test("Version 1.0 comes out the same however it is cut, packed or plain")
    func everySplit() throws {
        let plain = Array(Self.versionOne.utf8)
        for pieces in cuts(of: plain) + cuts(of: gzipped(plain)) {
            let metadata = try readMetadata(pieces)
            #expect(metadata.studyUID == "S")
            #expect(metadata.seriesUID == "X")
            #expect(metadata.modality == "CT")
            #expect(metadata.seriesDescription == "Thorax  1mm")
            #expect(metadata.archiveURI == "gs://b/p/studies/S/series/X.tar")
            #expect(
                metadata.instances == [
                    PlannedInstance(uid: "1.2.1", byteCount: 200, checksum: CRC32C(0), dataOffset: 1536),
                    PlannedInstance(uid: "1.2.2", byteCount: 300, checksum: CRC32C(0xE306_9283), dataOffset: 4096),
                ])
        }
    }

    @Test("Packed attributes that break off hide nothing of what follows, spelled out or not")
    func brokenThenSpelledOut() throws {
        let text = #"""
            {"cod":{"instances":{"1":{"metadata":"\#(packed(#"{"00080060":{"Value":["CT"#))"},
            "2":{"metadata":{"00080060":{"Value":["MR"]}},"size":5},"3":{"size":6}}}}
            """#
        let metadata = try readMetadata(text)
        #expect(metadata.instances.map(\.uid) == ["1", "2", "3"])
        #expect(metadata.instances.map(\.byteCount) == [nil, 5, 6])
        #expect(metadata.modality == "MR")
    }

    @Test("Version 2.0's packed attributes give modality and description, however the text is cut")
    func versionTwo() throws {
        let fields =
            #""version":"2.0","instance_uid":"9.9","series_uid":"8","study_uid":"7","metadata":"\#(packed(Self.attributes))""#
        for pieces in cuts(of: Array(oneInstance(fields).utf8)) {
            let metadata = try readMetadata(pieces)
            #expect(metadata.modality == "CT")
            #expect(metadata.seriesDescription == "Thorax  1mm")
            #expect(metadata.instances.map(\.uid) == ["1.2"])
            #expect(metadata.seriesUID == nil)
        }
    }

    @Test("Packed attributes that are longer than what is kept still show their beginning")
    func longPackedAttributes() throws {
        var random = SeededRandom(seed: 3)
        let noise = (0..<600_000).map { _ in String(UInt8.random(in: 0...15, using: &random), radix: 16) }.joined()
        let model = #"{"00080060":{"Value":["MG"]},"7FE00010":{"InlineBinary":"\#(noise)"}}"#
        #expect(packed(model).utf8.count > DICOMAttributes.PackedLimits.summary.packedByteCount)
        #expect(try readMetadata(oneInstance(#""metadata":"\#(packed(model))""#)).modality == "MG")
    }

    @Test(
        "Broken packed attributes leave the modality unknown and nothing else",
        arguments: ["!", "AAAA", "KLUv/Q", "KLUv/SAA", "="])
    func brokenPackedAttributes(text: String) throws {
        let metadata = try readMetadata(oneInstance(#""size":1,"metadata":"\#(text)""#))
        #expect(metadata.modality == nil)
        #expect(metadata.instances[0].byteCount == 1)
    }

    @Test("A zstd bomb in the packed attributes ends at its limit")
    func zstdBomb() throws {
        let model = #"{"00080060":{"Value":["CT"]},"# + String(repeating: " ", count: 6 << 20)
        #expect(try readMetadata(oneInstance(#""metadata":"\#(packed(model))""#)).modality == "CT")
    }

    @Test("Modality and description may come from different instances")
    func laterAttributes() throws {
        let metadata = try readMetadata(
            #"""
            {"cod":{"instances":{"1":{"metadata":{}},"2":{"metadata":{"00080060":{"Value":["PT"]}}},
            "3":{"metadata":{"00080060":{"Value":["CT"]},"0008103E":{"Value":["d"]}}}}}}
            """#)
        #expect(metadata.modality == "PT")
        #expect(metadata.seriesDescription == "d")
    }

    @Test(
        "Attributes of another shape leave the modality unknown",
        arguments: [
            #"null"#, #"[]"#, #"7"#, #"{"00080060":null}"#, #"{"00080060":"CT"}"#, #"{"00080060":[["CT"]]}"#,
            #"{"00080060":{"Value":"CT"}}"#,
            #"{"00080060":{"Value":[1,null,["CT"],{"Value":"CT"}]}}"#, #"{"00080060":{"value":["CT"]}}"#,
            #"{"x":{"Value":["CT"]}}"#,
            #"{"00080060":{"Value":["  "]}}"#, #"{"00080060":{"Value":{"Value":["CT"]}}}"#,
            #"{"00080060":{"Value":[]},"x":["CT"]}"#,
        ])
    func oddAttributes(text: String) throws {
        let metadata = try readMetadata(oneInstance(#""metadata":\#(text),"size":5"#))
        #expect(metadata.modality == nil)
        #expect(metadata.instances == [PlannedInstance(uid: "1.2", byteCount: 5)])
    }

    @Test(
        "Every field but the identifier may be missing or null",
        arguments: [
            "", #""size":null,"crc32c":null,"headers":null,"uri":null,"url":null,"metadata":null,"version":null"#,
            #""crc32c":"","headers":{}"#, #""headers":{"start_byte":null}"#,
        ])
    func missingFields(fields: String) throws {
        #expect(try readMetadata(oneInstance(fields)).instances == [PlannedInstance(uid: "1.2")])
    }

    @Test("A null instance is one of which nothing is known")
    func nullInstance() throws {
        #expect(try readMetadata(#"{"cod":{"instances":{"1":null}}}"#).instances == [PlannedInstance(uid: "1")])
    }

    @Test(
        "Fields of a wrong type count as missing where no check is lost by it",
        arguments: [
            #""size":"7","headers":[1],"uri":5,"url":{"uri":"x"}"#, #""size":true,"headers":"x","uri":["x"]"#,
            #""headers":{"start_byte":"7"}"#, #""headers":{"start_byte":-5}"#, #""headers":{"start_byte":1.5}"#,
            #""headers":{"start_byte":99999999999999999999}"#, #""headers":{"x":{"start_byte":7}}"#, #""size":{"size":7}"#,
        ])
    func wrongTypesThatAreHarmless(fields: String) throws {
        #expect(try readMetadata(oneInstance(fields)).instances == [PlannedInstance(uid: "1.2")])
    }

    @Test("An address is kept only where it cannot be made up, the entry's name only where it is unusual")
    func addresses() throws {
        func uri(_ id: Int, _ uri: String) -> String { #""\#(id)":{"uri":"\#(uri)"}"# }
        let metadata = try readMetadata(
            """
            {"cod":{"instances":{\(uri(1, "gs://other")),\(uri(2, "gs://b/X.tar://instances/2.dcm")),
            \(uri(3, "gs://b/X.tar://odd/3")),\(uri(4, "gs://b/Y.tar://instances/4.dcm")),\(uri(5, "gs://b/X.tar://")),"6":{}}}}
            """)
        #expect(
            metadata.instances == [
                PlannedInstance(uid: "1", uri: "gs://other"), PlannedInstance(uid: "2"),
                PlannedInstance(uid: "3", entryName: "odd/3"),
                PlannedInstance(uid: "4", uri: "gs://b/Y.tar://instances/4.dcm"),
                PlannedInstance(uid: "5", uri: "gs://b/X.tar://"),
                PlannedInstance(uid: "6"),
            ])
        let plan = SeriesPlan(
            id: SeriesID(study: "S", series: "X"), state: .empty, instances: metadata.instances, archiveURI: metadata.archiveURI)
        #expect(
            plan.instances.map(plan.uri(of:)) == [
                "gs://other", "gs://b/X.tar://instances/2.dcm", "gs://b/X.tar://odd/3", "gs://b/Y.tar://instances/4.dcm",
                "gs://b/X.tar://", "gs://b/X.tar://instances/6.dcm",
            ])
    }

    @Test("Instances keep the text's order where an offset is missing")
    func orderWithoutOffsets() throws {
        let text = #"{"cod":{"instances":{"b":{"headers":{"start_byte":5}},"a":{},"c":{"headers":{"start_byte":1}}}}}"#
        #expect(try readMetadata(text).instances.map(\.uid) == ["b", "a", "c"])
    }

    @Test("Instances with much that nobody wants leave little behind")
    func largeInlineMetadata() throws {
        let blob = String(repeating: "Zm9vYmFy", count: 640)
        let inline = #"{"00080060":{"Value":["CT"]},"00091010":{"vr":"OB","InlineBinary":"\#(blob)"}}"#
        var reader = SeriesMetadataReader()
        try reader.push(ByteChunk(Array(#"{"cod":{"instances":{"#.utf8)))
        for number in 0..<2000 {
            let instance = #"\#(number == 0 ? "" : ",")"1.\#(number)":{"size":\#(number),"metadata":\#(inline)}"#
            try reader.push(ByteChunk(Array(instance.utf8)))
        }
        try reader.push(ByteChunk(Array("}}}".utf8)))
        let metadata = try reader.finish()
        #expect(metadata.instances.count == 2000)
        #expect(metadata.instances.last == PlannedInstance(uid: "1.1999", byteCount: 1999))
        // What one instance takes beside its identifier's text.
        #expect(MemoryLayout<PlannedInstance>.stride <= 112)
    }
}

import CodCore
import Testing

@testable import CodTransport

@Suite("Paths are made while the metadata is read")
struct LayoutPathTests {
    private static let text = """
        {"cod": {"instances": {
           "1.1": {"size": 1, "metadata": {"00080060": {"vr": "CS", "Value": ["CT "]}, "00080008": {"Value": ["ORIGINAL", "AXIAL"]},
                   "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Doe^Jo\\u00e9"}]}, "00200013": {"vr": "IS", "Value": [3]},
                   "00081140": {"vr": "SQ", "Value": [{"00200013": {"Value": [9]}}]}}},
           "1.2": {"size": 1, "metadata": {"00080060": {"vr": "CS"}, "00200013": {"vr": "IS", "Value": ["../4"]}}},
           "1.3": {"size": 1}
         }}}
        """

    private static func paths(_ pieces: some Sequence<some Collection<UInt8>>, _ selection: Selection) throws -> [String?] {
        let layout = try #require(
            try FileLayout(parsing: "{PatientName}/{Modality}-{ImageType}/{InstanceNumber:3} {SeriesInstanceUID}.dcm"))
        let paths = SeriesPaths(layout: layout, series: SeriesID(study: "S", series: "X"))
        var reader = SeriesMetadataReader(selection: selection, paths: paths)
        for piece in pieces { try reader.push(ByteChunk(piece)) }
        return try reader.finish().instances.map(\.path)
    }

    @Test(
        "However the text is cut, and whatever is chosen of it", arguments: [Selection.everything, Selection(instances: ["1.2"])])
    func cut(_ selection: Selection) throws {
        let expected = [
            "Doe_Joé/CT-ORIGINAL-AXIAL/003 X.dcm", "unknown/unknown-unknown/_4 X.dcm", "unknown/unknown-unknown/unknown X.dcm",
        ]
        for pieces in cuts(of: Array(Self.text.utf8)) { #expect(try Self.paths(pieces, selection) == expected) }
    }

    @Test("Packed attributes that are damaged make a path of what is known, and lose nothing")
    func damaged() throws {
        let text = #"{"cod":{"instances":{"1":{"size":1,"metadata":"!!!!"}}}}"#
        #expect(try Self.paths([Array(text.utf8)], .everything) == ["unknown/unknown-unknown/unknown X.dcm"])
    }

    @Test("Without a layout instances have no paths")
    func none() throws {
        #expect(try readMetadata(Self.text).instances.allSatisfy { $0.path == nil })
    }
}

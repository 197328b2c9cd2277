import Testing

@testable import CodCore

@Suite("A layout makes safe paths of whatever attributes hold")
struct FileLayoutTests {
    private static let series = SeriesID(study: "1.2.3", series: "4.5")
    private static let patient: UInt32 = 0x0010_0020

    private static func layout(_ text: String) throws -> FileLayout { try #require(try FileLayout(parsing: text)) }

    private static func path(_ text: String, _ values: [UInt32: String] = [:]) throws -> String {
        try layout(text).path(of: "7.8", in: series, values: values)
    }

    @Test(
        "Templates and presets come to these paths",
        arguments: [
            ("flat", "7.8.dcm"),
            ("{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}.dcm", "1.2.3/4.5/7.8.dcm"),
            ("named", "P 1/20240102-Thorax/3-CT-unknown/0012.dcm"),
            ("{patientid}", "P 1.dcm"),
            ("{00100020}.DCM", "P 1.dcm"),
            ("a b/{0010,0020}-x", "a b/P 1-x.dcm"),
            ("{InstanceNumber:2}.{Modality:9}", "12.CT.dcm"),
            ("{InstanceNumber}.dcm.dcm", "12.dcm.dcm"),
        ])
    func paths(_ text: String, _ expected: String) throws {
        let values: [UInt32: String] = [
            Self.patient: "P 1", 0x0008_0020: "20240102", 0x0008_1030: "Thorax", 0x0020_0011: "3", 0x0008_0060: "CT",
            0x0020_0013: "12",
        ]
        #expect(try Self.path(text, values) == expected)
    }

    @Test(
        "No value leads anywhere else, or is a name that some disk refuses",
        arguments: [
            ("../../etc", "_.._etc"), ("/", "_"), ("..", "unknown"), ("", "unknown"), (" . ", "unknown"), ("\u{0}", "_"),
            ("a\u{0}b\u{1B}c", "a_b_c"), ("a\\b:c*d?e\"f<g>h|i", "a_b_c_d_e_f_g_h_i"), ("CON", "CON_"), ("con.txt", "con.txt_"),
            ("Lpt1", "Lpt1_"), ("COM", "COM"), ("a.", "a"), (".hidden", "hidden"), (".cod", "cod"), ("log.json", "log.json_"),
            ("FILES.CSV", "FILES.CSV_"), ("1.2.zip", "1.2.zip_"), ("a~1", "a_1"), ("Doe^John", "Doe_John"), ("a\t\n  b", "a b"),
            ("Ärzte", "Ärzte"), ("患者", "患者"), ("👩‍⚕️", "👩‍⚕️"), ("عربي", "عربي"), ("a\u{202E}gpj", "a_gpj"), ("\u{FEFF}x", "_x"),
            ("\u{301}x", "_\u{301}x"), ("{PatientID}", "_PatientID_"), ("a%20b", "a%20b"), ("\u{10FFFF}", "_"),
            ("-rf", "_rf"), ("=1+1", "_1+1"), ("+1", "_1"), ("@a", "_a"), (" -3", "_3"), ("-\u{301}", "_\u{301}"),
        ])
    func hostile(_ value: String, _ name: String) throws {
        #expect(
            try Self.path("{PatientID}/x", [Self.patient: value]).unicodeScalars.elementsEqual("\(name)/x.dcm".unicodeScalars))
        let file = try Self.path("{PatientID}", [Self.patient: value])
        #expect(file.hasSuffix(".dcm") && !file.utf8.contains(UInt8(ascii: "/")))
    }

    @Test("What is too long is cut between characters, and stays another name than others of that beginning")
    func long() throws {
        for (count, character) in [(300, "a"), (300, "é"), (300, "👩‍⚕️"), (300, "患")] {
            let text = String(repeating: character, count: count)
            let (one, other) = (
                try Self.path("{PatientID}", [Self.patient: text]), try Self.path("{PatientID}", [Self.patient: text + "b"])
            )
            #expect(one.utf8.count <= 255 && one != other)
            let kept = one.prefix { $0 != "~" }
            #expect(!kept.isEmpty && kept.allSatisfy { String($0) == character })
            #expect(try one == Self.path("{PatientID}", [Self.patient: text]))
        }
        let deep = Array(repeating: "{PatientID}", count: 16).joined(separator: "/")
        let path = try Self.path(deep, [Self.patient: String(repeating: "x", count: 1000)])
        #expect(path.utf8.count <= 900 && path.split(separator: "/").count == 16)
        // One letter of many accents is longer than any name.
        let tower = "a" + String(repeating: "\u{301}", count: 400)
        #expect(try Self.path("{PatientID}", [Self.patient: tower]).utf8.count <= 255)
    }

    @Test(
        "What is no template is refused in a sentence",
        arguments: [
            ("x", "names no attribute"), ("{PatientID", "is not closed"), ("PatientID}", "closes nothing"),
            ("{Patientid}/", "is empty"), ("/{PatientID}", "is empty"), ("{PatientID}//x", "is empty"),
            ("../{PatientID}", "names no folder"),
            ("./{PatientID}", "names no folder"), ("{PatientID}:x", "U+3A"), ("a\\{PatientID}", "U+5C"),
            ("~/{PatientID}", "U+7E"),
            ("a\u{0}{PatientID}", "U+0"), ("{}", "no DICOM keyword"), ("{{PatientID}}", "no DICOM keyword"),
            ("{InstanceNumber:0}", "how many digits"), ("{InstanceNumber:x}", "how many digits"),
            ("{InstanceNumber:99}", "how many digits"),
            ("{ReferencedImageSequence}", "no DICOM keyword"),
        ])
    func refused(_ text: String, _ reason: String) {
        let error = #expect(throws: CodError.self) { _ = try FileLayout(parsing: text) }
        #expect(error?.code == .invalidSelection && error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test("An unknown keyword brings those that are near; depth and length have bounds")
    func bounds() throws {
        let error = #expect(throws: CodError.self) { _ = try FileLayout(parsing: "{PatientId}/{SeriesNumbr}") }
        #expect(error?.recovery?.contains("SeriesNumber") == true)
        #expect(throws: CodError.self) {
            try FileLayout(parsing: Array(repeating: "{PatientID}", count: 17).joined(separator: "/"))
        }
        #expect(throws: CodError.self) { try FileLayout(parsing: "{PatientID}" + String(repeating: "x", count: 1024)) }
    }

    @Test("The standard layout needs no template, and what is printed of a layout is read as the same one")
    func descriptions() throws {
        #expect(try FileLayout(parsing: "cod") == nil)
        for text in ["flat", "named", "{PatientID}/{InstanceNumber:3}"] {
            let layout = try Self.layout(text)
            #expect(layout.description == text)
            #expect(try FileLayout(parsing: layout.template) == layout)
        }
        #expect(try Self.layout("{PatientID}/{SOPInstanceUID}").tags == [Self.patient])
        #expect(try Self.layout("{PatientID}/{SOPInstanceUID}").namesInstance && !Self.layout("named").namesInstance)
    }
}

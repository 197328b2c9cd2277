import Testing

@testable import CodCore

@Suite("Attributes are named by keyword or number")
struct DICOMTagTests {
    @Test(
        "Keywords in any case, and hex in three forms",
        arguments: [
            ("PatientID", 0x0010_0020), ("patientid", 0x0010_0020), ("StudyDate", 0x0008_0020), ("ImageType", 0x0008_0008),
            ("InstanceNumber", 0x0020_0013), ("SliceLocation", 0x0020_1041), ("ConvolutionKernel", 0x0018_1210),
            ("00100020", 0x0010_0020), ("0010,0020", 0x0010_0020), ("(0010,0020)", 0x0010_0020), ("0008103e", 0x0008_103E),
            ("00091010", 0x0009_1010),
        ] as [(String, UInt32)])
    func parsing(text: String, number: UInt32) throws {
        let tag = try DICOMTag(parsing: text)
        #expect(tag.number == number)
        #expect(try DICOMTag(parsing: tag.description) == tag)
    }

    @Test(
        "What is unknown is named, with near names and the way by number",
        arguments: [
            ("PatientSx", "PatientSex"), ("SereisDescription", "SeriesDescription"), ("Kernel", "ConvolutionKernel"),
            ("", "number"),
            ("0010002", "number"), ("0010,20", "number"), ("(00100020", "number"), ("0010002G", "number"), ("nonsense", "number"),
            ("+0100020", "number"),
        ])
    func unknown(text: String, word: String) throws {
        let error = try #require(throws: CodError.self) { try DICOMTag(parsing: text) }
        #expect(error.code == .invalidSelection && error.message.contains("\"\(text)\""))
        #expect(error.recovery?.contains(word) == true && error.recovery?.contains("00100020") == true, "\(error)")
    }

    @Test("The table has hundreds of keywords, each once, in the order of their numbers")
    func table() throws {
        let numbers = try DICOMKeywords.all.map { try DICOMTag(parsing: $0).number }
        #expect(numbers.count > 450 && numbers == Set(numbers).sorted())
        #expect(Set(DICOMKeywords.all.map { $0.lowercased() }).count == numbers.count)
        for keyword in DICOMKeywords.all { #expect(try DICOMTag(parsing: keyword).keyword == keyword) }
    }
}

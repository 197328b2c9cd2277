import Testing

@testable import CodCore

@Suite("Conditions on attributes")
struct AttributeConditionTests {
    @Test(
        "A value is a pattern, a number or a range",
        arguments: [
            ("PatientSex=F", "f", false, true), ("PatientSex=F", "M", false, false),
            ("PatientName=DOE^*", "Doe^Jane", false, true),
            ("InstanceNumber=5", "5", true, true), ("SliceThickness=5", "5.0", true, true),
            ("SliceThickness=5.0", "5", true, true),
            // A text of digits is an identifier, not a number.
            ("PatientID=7", "007", false, false), ("PatientID=7", "7", false, true),
            ("SliceLocation=10..20", "10", true, true), ("SliceLocation=10..20", "20.0", true, true),
            ("SliceLocation=10..20", "20.01", true, false), ("SliceLocation=-5.5..-1e0", "-3", true, true),
            ("SliceLocation=..0", "-1e300", true, true), ("SliceLocation=0..", "-0.1", true, false),
            ("StudyDate=20200101..20201231", "20200229", false, true), ("StudyDate=20200101..20201231", "20210101", false, false),
            ("StudyDate=20200101..20201231", "2020.02.29", false, false), ("SliceLocation=0..", "nan", false, false),
            ("SliceLocation=0..", "0x10", false, false), ("SliceLocation=0..", "Infinity", true, false),
            ("StudyDescription=a..b", "a..b", false, true), ("StudyDescription=..", "..", false, true),
            ("StudyDescription=1\\..2", "1..2", false, true),
            ("0018,0050=1.25", "1.25", true, true), ("StudyDescription=a=b", "A=B", false, true),
        ])
    func values(condition: String, value: String, isNumber: Bool, isMatch: Bool) throws {
        let condition = try AttributeCondition(parsing: condition)
        #expect(condition.test.takes(value, isNumber: isNumber) == isMatch)
        #expect(try AttributeCondition(parsing: condition.description) == condition)
    }

    @Test("An exclusion is told from a condition")
    func exclusion() throws {
        let condition = try AttributeCondition(parsing: "ImageType!=LOCALIZER")
        #expect(condition.isExclusion && condition.tag.number == 0x0008_0008 && condition.value == "LOCALIZER")
        #expect(condition.description == "ImageType!=LOCALIZER")
        #expect(try !AttributeCondition(parsing: "PatientID=!=").isExclusion)
    }

    @Test(
        "What is no condition says why",
        arguments: [
            ("PatientID", "no condition"), ("=x", "no condition"), ("", "no condition"), ("PatientID=", "names no value"),
            ("PatientID!=", "names no value"), ("Foo=1", "no DICOM keyword"), ("!=1", "no DICOM keyword"),
            ("SliceLocation=20..10", "before it begins"), ("PatientID=[", "not closed"),
            ("StudyDate=20240101-20240131", "looks like a range"), ("StudyDate=20240101-", "looks like a range"),
            ("StudyDate=-20240131", "looks like a range"),
        ])
    func invalid(text: String, word: String) throws {
        let error = try #require(throws: CodError.self) { try AttributeCondition(parsing: text) }
        #expect(error.code == .invalidSelection && error.message.contains(word), "\(error)")
    }
}

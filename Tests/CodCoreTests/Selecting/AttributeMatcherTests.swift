import Testing

@testable import CodCore

@Suite("An instance is judged by its attributes as they are read")
struct AttributeMatcherTests {
    static func isWanted(_ conditions: [String], _ attributes: [(String, [String])], descriptions: [String] = []) throws -> Bool {
        let selection = Selection(
            seriesDescriptions: try descriptions.map { try Glob($0) },
            attributes: try conditions.map { try AttributeCondition(parsing: $0) })
        var matcher = try #require(AttributeMatcher(selection))
        // Twice: nothing of the instance before is left.
        var answers: [Bool] = []
        for _ in 0..<2 {
            matcher.beginInstance()
            for (name, values) in attributes {
                let tag = try DICOMTag(parsing: name).number
                guard matcher.begin(tag) else { continue }
                for value in values { matcher.take(value, isNumber: false, of: tag) }
            }
            answers.append(matcher.isMatch)
        }
        #expect(answers[0] == answers[1])
        return answers[0]
    }

    @Test("Different attributes must all match; of one attribute any condition, and any of its values")
    func combining() throws {
        let axial = [("ImageType", ["ORIGINAL", "PRIMARY", "AXIAL"]), ("PatientSex", ["F"])]
        #expect(try Self.isWanted(["PatientSex=F"], axial))
        #expect(try Self.isWanted(["PatientSex=F", "ImageType=AXIAL"], axial))
        #expect(try !Self.isWanted(["PatientSex=F", "ImageType=LOCALIZER"], axial))
        #expect(try Self.isWanted(["ImageType=LOCALIZER", "ImageType=axial"], axial))
        #expect(try Self.isWanted(["PatientSex=M", "00100040=F"], axial))
    }

    @Test("Exclusions hold where no value matches, also where there is none")
    func exclusions() throws {
        let axial = [("ImageType", ["ORIGINAL", "AXIAL"])]
        #expect(try !Self.isWanted(["ImageType!=ORIGINAL"], axial))
        #expect(try !Self.isWanted(["ImageType=AXIAL", "ImageType!=ORIGINAL"], axial))
        #expect(try Self.isWanted(["ImageType!=DERIVED", "ImageType!=LOCALIZER"], axial))
        #expect(try !Self.isWanted(["ImageType!=DERIVED", "ImageType!=AXIAL"], axial))
        #expect(try Self.isWanted(["PatientSex!=M"], axial))
        #expect(try Self.isWanted(["PatientSex!=*"], axial) && !Self.isWanted(["ImageType!=*"], axial))
    }

    @Test("What is not there or empty has no value", arguments: [[], [("PatientSex", [])], [("PatientSex", [""])]])
    func absent(attributes: [(String, [String])]) throws {
        #expect(try !Self.isWanted(["PatientSex=*"], attributes) && !Self.isWanted(["PatientSex=F"], attributes))
        #expect(try !Self.isWanted([], attributes, descriptions: ["*"]))
    }

    @Test("Descriptions are any of those asked for, and hold besides conditions on the same attribute")
    func descriptions() throws {
        let lung = [("SeriesDescription", ["Chest lung"])]
        #expect(try Self.isWanted([], lung, descriptions: ["*bone*", "*LUNG*"]))
        #expect(try !Self.isWanted(["SeriesDescription=*bone*"], lung, descriptions: ["*lung*"]))
        #expect(try Self.isWanted(["SeriesDescription=chest*"], lung, descriptions: ["*lung*"]))
        #expect(try !Self.isWanted(["SeriesDescription!=chest*"], lung, descriptions: ["*lung*"]))
    }

    @Test("The first of two attributes of one number counts; when all were seen it is done")
    func duplicates() throws {
        #expect(try !Self.isWanted(["PatientSex=M"], [("PatientSex", ["F"]), ("PatientSex", ["M"])]))
        var matcher = try #require(
            AttributeMatcher(Selection(attributes: [AttributeCondition(parsing: "PatientSex=M")], every: 2)))
        let isAsked = [0x0010_0020, 0x0010_0040, 0x0010_0040].map { matcher.begin($0) }
        #expect(isAsked == [false, true, false] && !matcher.isDone)
        let isNumberAsked = matcher.begin(0x0020_0013)
        #expect(isNumberAsked && matcher.isDone)
    }

    @Test("Nothing asked, nothing read; the Instance Number only where it gives an order")
    func asked() throws {
        #expect(AttributeMatcher(.everything) == nil && AttributeMatcher(Selection(modalities: ["CT"], every: 1)) == nil)
        for (text, number) in [("5", 5), ("5.0", 5), ("-3", -3), ("5.5", nil), ("x", nil), ("1e99", nil)] as [(String, Int?)] {
            var matcher = try #require(AttributeMatcher(Selection(every: 3)))
            _ = matcher.begin(0x0020_0013)
            matcher.take(text, isNumber: true, of: 0x0020_0013)
            #expect(matcher.instanceNumber == number && matcher.isMatch)
        }
    }
}

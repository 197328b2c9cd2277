import CodCore
import Testing

@testable import CodTransport

@Suite("Instances are judged by the attributes in metadata.json, of either version")
struct AttributeReadingTests {
    static func conditions(_ texts: String...) throws -> Selection {
        Selection(attributes: try texts.map { try AttributeCondition(parsing: $0) })
    }

    /// Whether each form of one instance's attributes comes to be wanted: spelled out and packed.
    static func answers(_ model: String, _ selection: Selection) throws -> [Bool] {
        try [model, "\"\(packed(model))\""].map { form in
            try readMetadata(oneInstance(#""metadata":\#(form)"#), selection: selection).instances[0].isWanted
        }
    }

    static func isWanted(_ model: String, _ texts: String...) throws -> Bool {
        let selection = Selection(attributes: try texts.map { try AttributeCondition(parsing: $0) })
        let answers = try answers(model, selection)
        #expect(answers[0] == answers[1], "The two versions do not agree on \(model).")
        return answers[0]
    }

    /// Three instances with much that nobody asks for between what is asked for.
    static let models = [
        #"{"00080008":{"vr":"CS","Value":["ORIGINAL","AXIAL"]},"00081140":{"vr":"SQ","Value":[{"00100040":{"vr":"CS","Value":["M"]}}]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"Doe^Jane^^","Ideographic":"X"}]},"00100040":{"vr":"CS","Value":["F "]},"00200013":{"vr":"IS","Value":[3]}}"#,
        #"{"00080008":{"Value":["DERIVED",null,"LOCALIZER"],"vr":"CS"},"00100040":{"vr":"CS"},"00200013":{"vr":"IS","Value":["1"]}}"#,
        #"{"00100040":{"vr":"CS","Value":["\u0066"]},"00080008":{"vr":"CS","Value":["ORIGINAL\\AXIAL"]},"00200013":{"vr":"IS","Value":[2.0]}}"#,
    ]

    static func text(isPacked: Bool) -> String {
        let instances = models.enumerated().map { #""1.\#($0)":{"size":5,"metadata":\#(isPacked ? "\"\(packed($1))\"" : $1)}"# }
        return #"{"cod":{"instances":{\#(instances.joined(separator: ","))}}}"#
    }

    @Test("Wherever the text is cut, the same instances are wanted", arguments: [false, true])
    func everySplit(isPacked: Bool) throws {
        let selection = try Selection(attributes: [AttributeCondition(parsing: "PatientSex=F")], every: 2)
        for pieces in cuts(of: Array(Self.text(isPacked: isPacked).utf8)) {
            let metadata = try readMetadata(pieces, selection: selection)
            #expect(metadata.instances.map(\.isWanted) == [true, false, true])
            #expect(metadata.instanceNumbers == [3, 1, 2])
            #expect(metadata.withoutAttributesCount == 0)
        }
    }

    @Test("A value counts without its padding, in any case; of several any")
    func values() throws {
        #expect(try Self.isWanted(Self.models[0], "PatientSex=f", "ImageType=axial", "ImageType!=LOCALIZER"))
        #expect(try Self.isWanted(Self.models[1], "ImageType=LOCALIZER") && !Self.isWanted(Self.models[1], "ImageType=ORIGINAL"))
        #expect(try Self.isWanted(Self.models[2], "ImageType=ORIGINAL*"))
        #expect(try Self.isWanted(Self.models[0], "InstanceNumber=3") && Self.isWanted(Self.models[1], "InstanceNumber=1"))
        #expect(try Self.isWanted(Self.models[2], "InstanceNumber=2", "InstanceNumber=2..2"))
    }

    @Test("Of a person's name the alphabetic form counts, without components that are empty at its end")
    func names() throws {
        #expect(try Self.isWanted(Self.models[0], "PatientName=doe^jane") && Self.isWanted(Self.models[0], "PatientName=doe*"))
        #expect(try !Self.isWanted(Self.models[0], "PatientName=X") && !Self.isWanted(Self.models[0], "PatientName=doe"))
        #expect(try Self.isWanted(#"{"00100010":{"vr":"PN","Value":["Doe^Jane"]}}"#, "PatientName=Doe^Jane"))
        #expect(try !Self.isWanted(#"{"00100010":{"vr":"PN","Value":[{"Alphabetic":"^^ "}]}}"#, "PatientName=*"))
        #expect(
            try !Self.isWanted(#"{"00100010":{"vr":"PN","Value":[{"Alphabetic":["Doe"]},{"x":"Alphabetic"}]}}"#, "PatientName=*"))
    }

    @Test("What is inside sequences is not looked at")
    func sequences() throws {
        let model = #"{"00081140":{"vr":"SQ","Value":[{"00100040":{"vr":"CS","Value":["F"]},"Value":["F"]}]}}"#
        #expect(try !Self.isWanted(model, "PatientSex=F") && !Self.isWanted(model, "0008,1140=*"))
        let deep =
            #"{"00081140":{"Value":\#(String(repeating: "[", count: 40))"F"\#(String(repeating: "]", count: 40))},"00100040":{"Value":["F"]}}"#
        #expect(try Self.isWanted(deep, "PatientSex=F") && !Self.isWanted(deep, "0008,1140=*"))
    }

    @Test(
        "An attribute of another shape has no value",
        arguments: [
            #"{}"#, #"{"00100040":null}"#, #"{"00100040":"F"}"#, #"{"00100040":["F"]}"#, #"{"00100040":{"Value":"F"}}"#,
            #"{"00100040":{"Value":{"Value":["F"]}}}"#, #"{"00100040":{"value":["F"]}}"#, #"{"00100040":{"Value":[["F"]]}}"#,
            #"{"00100040":{"Value":[null,true,"","  "]}}"#, #"{"00100040":{"vr":"F","BulkDataURI":"F","InlineBinary":"F"}}"#,
            #"{"0010004":{"Value":["F"]},"001000400":{"Value":["F"]},"PatientSex":{"Value":["F"]}}"#,
            #"{"00100040":{"Value":[]},"00100041":{"Value":["F"]}}"#, #"["00100040",{"00100040":{"Value":["F"]}}]"#,
        ])
    func otherShapes(model: String) throws {
        #expect(try !Self.isWanted(model, "PatientSex=F") && !Self.isWanted(model, "PatientSex=*"))
        #expect(try Self.isWanted(model, "PatientSex!=F"))
    }

    @Test("A wrong value representation changes nothing, and of two attributes of one number the first counts")
    func wrongRepresentation() throws {
        #expect(try Self.isWanted(#"{"00100040":{"vr":7,"Value":["F"]}}"#, "PatientSex=F"))
        #expect(try Self.isWanted(#"{"00100040":{"Value":["F"],"vr":"SQ"}}"#, "PatientSex=F"))
        let twice = #"{"00100040":{"Value":["M"]},"00100040":{"Value":["F"]}}"#
        #expect(try !Self.isWanted(twice, "PatientSex=F") && Self.isWanted(twice, "PatientSex=M"))
        #expect(try Self.isWanted(#"{"0008103e":{"Value":["a"]}}"#, "SeriesDescription=A"))
    }

    @Test("Of a long value the first 1024 bytes are matched")
    func longValues() throws {
        let long = String(repeating: "x", count: 5000)
        #expect(try Self.isWanted(#"{"00104000":{"Value":["\#(long)y","z"]}}"#, "PatientComments=x*"))
        #expect(try !Self.isWanted(#"{"00104000":{"Value":["\#(long)y"]}}"#, "PatientComments=*y"))
        #expect(try Self.isWanted(#"{"00104000":{"Value":["\#(long)y","z"]}}"#, "PatientComments=z"))
        let selection = Selection(seriesDescriptions: [try Glob("x*")])
        let metadata = try readMetadata(
            oneInstance(#""metadata":{"0008103E":{"Value":["\#(long)"]}}"#), selection: selection)
        #expect(metadata.seriesDescription?.utf8.count == 512 && metadata.instances[0].isWanted)
    }

    @Test(
        "An instance without attributes is counted, and only exclusions hold for it",
        arguments: ["", #""metadata":null"#, #""metadata":"""#, #""metadata":[]"#, #""metadata":7"#])
    func withoutAttributes(fields: String) throws {
        let wanted = try readMetadata(oneInstance(fields), selection: Self.conditions("PatientSex=*"))
        #expect(wanted.withoutAttributesCount == 1 && !wanted.instances[0].isWanted)
        #expect(try readMetadata(oneInstance(fields), selection: Self.conditions("PatientSex!=F")).instances[0].isWanted)
        #expect(
            try readMetadata(#"{"cod":{"instances":{"1":null}}}"#, selection: Self.conditions("PatientSex=F"))
                .withoutAttributesCount == 1)
    }

    @Test(
        "Packed attributes that are damaged before what is asked for are an error that names the instance",
        arguments: [
            ("!", "not base64"), ("AAAA", "no zstd"), ("KLUv/Q", "break off"),
            (packed("{\"00100040\":{\"Value\":[\"F"), "no JSON"), (packed("x"), "no JSON"),
        ])
    func damaged(text: String, word: String) throws {
        let error = try #require(throws: CodError.self) {
            try readMetadata(
                oneInstance(#""metadata":"\#(text)""#), selection: try Self.conditions("StudyDate=*", "PatientSex=F"))
        }
        #expect(
            error.code == .damagedMetadata && error.message.contains("of the instance 1.2 are damaged")
                && error.message.contains(word), "\(error)")
        // Also where it breaks off inside the value that is asked for.
        #expect(throws: CodError.self) {
            try readMetadata(oneInstance(#""metadata":"\#(text)""#), selection: try Self.conditions("PatientSex=F"))
        }
        // Nobody asks: nothing is unpacked.
        #expect(try readMetadata(oneInstance(#""metadata":"\#(text)""#)).instances.count == 1)
        // Its name leaves it out.
        let selection = try Selection(instances: ["9"], attributes: [AttributeCondition(parsing: "PatientSex=F")])
        #expect(
            try readMetadata(oneInstance(#""metadata":"\#(text)""#), selection: selection).instances.map(\.isWanted) == [false])
    }

    @Test("What is damaged behind all that is asked for does no harm")
    func damagedBehind() throws {
        var random = SeededRandom(seed: 3)
        let noise = (0..<300_000).map { _ in String(UInt8.random(in: 0...15, using: &random), radix: 16) }.joined()
        let text = packed(
            #"{"00080060":{"Value":["CT"]},"0008103E":{"Value":["d"]},"00100040":{"Value":["F"]},"00290010":{"Value":["\#(noise)"]}}"#
        )
        let cut = String(text.prefix(text.count - 1000))
        #expect(
            try readMetadata(oneInstance(#""metadata":"\#(cut)""#), selection: Self.conditions("PatientSex=F")).instances[0]
                .isWanted)
        #expect(throws: CodError.self) {
            try readMetadata(oneInstance(#""metadata":"\#(cut)""#), selection: Self.conditions("00290011=F"))
        }
    }

    @Test(
        "Attributes that are longer than what is looked at, packed or unpacked, are an error where that hides what is asked for")
    func tooLong() throws {
        var random = SeededRandom(seed: 3)
        let noise = (0..<2_400_000).map { _ in String(UInt8.random(in: 0...15, using: &random), radix: 16) }.joined()
        let long = packed(#"{"00080008":{"Value":["\#(noise)"]},"00100040":{"Value":["F"]}}"#)
        #expect(long.utf8.count > DICOMAttributes.PackedLimits.judging.packedByteCount)
        let bomb = packed(
            #"{"00080008":{"Value":["x"]},"# + String(repeating: " ", count: 33 << 20) + #""00100040":{"Value":["F"]}}"#)
        for (text, word) in [(long, "longer than 1048576 bytes"), (bomb, "unpack to more than 33554432 bytes")] {
            let error = try #require(throws: CodError.self) {
                try readMetadata(oneInstance(#""metadata":"\#(text)""#), selection: try Self.conditions("PatientSex=F"))
            }
            #expect(error.message.contains(word), "\(error)")
        }
        var limits = MetadataLimits()
        limits.attributeByteCount = 100
        #expect(throws: CodError.self) {
            try readMetadata(Self.text(isPacked: true), limits: limits, selection: try Self.conditions("PatientSex=F"))
        }
    }

    @Test("All instances are looked at when something is asked of them, and modality and description stay what they are")
    func summary() throws {
        for isPacked in [false, true] {
            let text = Self.text(isPacked: isPacked)
            let (plain, judged) = (try readMetadata(text), try readMetadata(text, selection: Self.conditions("PatientSex=F")))
            #expect(plain.modality == judged.modality && plain.seriesDescription == judged.seriesDescription)
            #expect(plain.instances.allSatisfy(\.isWanted) && plain.instanceNumbers.isEmpty)
        }
    }

    @Test("Instance Numbers go where their instances go when those are put in the order of the archive")
    func order() throws {
        let instances = [(5000, 1), (1536, 3), (3000, 2)].map { offset, number in
            #""\#(number)":{"headers":{"start_byte":\#(offset)},"metadata":{"00200013":{"Value":[\#(number)]}}}"#
        }
        let metadata = try readMetadata(
            #"{"cod":{"instances":{\#(instances.joined(separator: ","))}}}"#, selection: Selection(every: 2))
        #expect(metadata.instances.map(\.uid) == ["3", "2", "1"] && metadata.instanceNumbers == [3, 2, 1])
    }
}

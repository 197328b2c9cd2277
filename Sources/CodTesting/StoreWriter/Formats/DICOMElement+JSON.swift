extension DICOMElement {
    /// The element's key in the DICOM JSON model (DICOM PS3.18 §F.2.2): eight hex digits.
    var jsonKey: String { Self.hex(tag) }

    /// The element's value in the DICOM JSON model (PS3.18 §F.2); `uri` is where bytes that are not held can be found.
    func json(uri: String) -> String {
        var members = [(key: "vr", value: JSONText.string(vr.rawValue))]
        switch value {
        case .texts(let texts):
            if !texts.isEmpty { members.append(("Value", JSONText.array(texts.map(jsonText)))) }
        case .numbers(let numbers):
            let values = numbers.map { vr == .attributeTag ? JSONText.string(Self.hex($0)) : "\($0)" }
            members.append(("Value", JSONText.array(values)))
        case .bytes(let bytes):
            members.append(("InlineBinary", JSONText.string(Base64.encoded(bytes))))
        case .following:
            // The reference writer puts an object here, where the standard has a text.
            members.append(("BulkDataURI", JSONText.object([("uri", JSONText.string(uri))])))
        }
        return JSONText.object(members)
    }

    private func jsonText(_ text: String) -> String {
        switch vr {
        case .decimalString, .integerString: text
        case .personName: JSONText.object([("Alphabetic", JSONText.string(text))])
        default: text.isEmpty ? "null" : JSONText.string(text)
        }
    }

    private static func hex(_ tag: UInt32) -> String {
        let digits = String(tag, radix: 16, uppercase: true)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

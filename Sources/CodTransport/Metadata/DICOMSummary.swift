import CodCore

/// Picks modality and series description out of the DICOM JSON model (PS3.18 annex F) of an instance:
/// `{"00080060": {"vr": "CS", "Value": ["CT"]}, …}`. Whatever has another shape is passed over.
struct DICOMSummary: JSONHandler {
    private enum Attribute {
        case modality, seriesDescription
    }

    private(set) var modality: String?
    private(set) var seriesDescription: String?
    private var depth = 0
    /// The attribute that is open at depth 1.
    private var attribute: Attribute?
    /// Whether the last key at depth 2 was `Value`, and whether its list is open.
    private var isValueNext = false
    private var isInValue = false

    /// Whether there is nothing more to find.
    var isComplete: Bool { modality != nil && seriesDescription != nil }

    /// Whether the model has ended, or has not begun.
    var isOutside: Bool { depth == 0 }

    func wantedByteCount(of kind: JSONTextKind) -> Int {
        switch (kind, depth) {
        case (.key, 1), (.key, 2): attribute == nil && depth == 2 ? 0 : 16
        case (.string, 3) where isInValue: 512
        default: 0
        }
    }

    mutating func handle(_ event: JSONEvent) {
        switch event {
        case .beginObject: begin()
        case .beginArray:
            begin()
            isInValue = depth == 3 && attribute != nil && isValueNext
        case .endObject, .endArray: end()
        case .key(let key): self.key(key)
        case .string(let text) where depth == 3 && isInValue: take(text)
        default: break
        }
    }

    /// Closes all levels that are open; what was found stays.
    mutating func leave() {
        (depth, attribute, isValueNext, isInValue) = (0, nil, false, false)
    }

    private mutating func begin() {
        depth += 1
        if depth == 2 { isValueNext = false }
    }

    private mutating func end() {
        depth -= 1
        if depth < 3 { isInValue = false }
        if depth < 2 { attribute = nil }
    }

    private mutating func key(_ key: JSONText) {
        if depth == 2 { isValueNext = key.whole == "Value" }
        guard depth == 1 else { return }
        attribute =
            switch key.whole?.uppercased() {
            case "00080060": .modality
            case "0008103E": .seriesDescription
            default: nil
            }
    }

    /// Keeps the first value of an attribute, without the blanks that DICOM pads with and without control characters.
    private mutating func take(_ text: JSONText) {
        let scalars = text.text.unicodeScalars.map { $0.isControl ? " " : $0 }
        let isNoBlank = { (scalar: Unicode.Scalar) in scalar != " " }
        guard let first = scalars.firstIndex(where: isNoBlank), let last = scalars.lastIndex(where: isNoBlank) else { return }
        var value = String.UnicodeScalarView()
        value.append(contentsOf: scalars[first...last])
        switch attribute {
        case .modality: modality = modality ?? String(value)
        case .seriesDescription: seriesDescription = seriesDescription ?? String(value)
        case nil: break
        }
    }
}

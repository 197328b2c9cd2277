import CodCore

/// Reads the DICOM JSON model (PS3.18 annex F) of one instance after the other:
/// `{"00080060": {"vr": "CS", "Value": ["CT"]}, …}`. Whatever has another shape is passed over, and what is inside sequences, too.
///
/// It finds out what is known of the series by any of its instances (modality, description), and hands a matcher, where there is one,
/// the values that it asks for. Nothing else is kept.
struct DICOMAttributes: JSONHandler {
    /// What is told of a series.
    private enum Fact {
        case modality, seriesDescription
    }

    /// How many bytes of a value are kept for a series, and how many are matched.
    private static let factByteCount = 512
    private static let matchedByteCount = 1024

    private(set) var modality: String?
    private(set) var seriesDescription: String?
    /// What judges the instance whose model is read; `nil`: nobody asks.
    var matcher: AttributeMatcher?

    private var depth = 0
    /// What is wanted of the attribute that is open at depth 1: for the series, and for the matcher.
    private var fact: Fact?
    private var matchedTag: UInt32?
    /// Whether the last key at depth 2 was `Value`, and whether its list is open.
    private var isValueNext = false
    private var isInValue = false
    /// Whether the last key in an object of that list was `Alphabetic`: a person's name.
    private var isNameNext = false

    init(matcher: AttributeMatcher? = nil) {
        self.matcher = matcher
    }

    /// Whether there is nothing more to find out of the series.
    var isSummaryComplete: Bool { modality != nil && seriesDescription != nil }

    /// Whether nothing that follows in this instance changes how it is judged.
    var isJudged: Bool { matchedTag == nil && matcher?.isDone ?? true }

    /// Whether the model has ended, or has not begun.
    var isOutside: Bool { depth == 0 }

    func wantedByteCount(of kind: JSONTextKind) -> Int {
        switch (kind, depth) {
        case (.key, 1): 16
        case (.key, 2): isAsked ? 16 : 0
        case (.key, 4): isInValue && matchedTag != nil ? 16 : 0
        case (.string, 3) where isInValue: matchedTag == nil ? Self.factByteCount : Self.matchedByteCount
        case (.string, 4) where isNameNext: Self.matchedByteCount
        case (.number, 3) where isInValue && matchedTag != nil: 64
        default: 0
        }
    }

    mutating func handle(_ event: JSONEvent) {
        switch event {
        case .beginObject: begin()
        case .beginArray:
            begin()
            isInValue = isInValue || depth == 3 && isAsked && isValueNext
        case .endObject, .endArray: end()
        case .key(let key): self.key(key)
        case .string(let text) where depth == 3 && isInValue: take(text, isNumber: false)
        case .string(let text) where depth == 4 && isNameNext: takeName(text)
        case .number(let text) where depth == 3 && isInValue && matchedTag != nil: take(text, isNumber: true)
        default: break
        }
    }

    /// Closes all levels that are open; what was found stays.
    mutating func leave() {
        (depth, fact, matchedTag, isValueNext, isInValue, isNameNext) = (0, nil, nil, false, false, false)
    }

    private var isAsked: Bool { fact != nil || matchedTag != nil }

    private mutating func begin() {
        depth += 1
        if depth == 2 { isValueNext = false }
        isNameNext = false
    }

    private mutating func end() {
        depth -= 1
        isNameNext = false
        if depth < 3 { isInValue = false }
        if depth < 2 { (fact, matchedTag) = (nil, nil) }
    }

    private mutating func key(_ key: JSONText) {
        switch depth {
        case 1:
            guard let tag = key.whole.flatMap({ DICOMTag.number(inHexDigits: $0) }) else {
                (fact, matchedTag) = (nil, nil)
                return
            }
            fact = tag == 0x0008_0060 ? .modality : tag == 0x0008_103E ? .seriesDescription : nil
            matchedTag = matcher?.begin(tag) ?? false ? tag : nil
        case 2: isValueNext = key.whole == "Value"
        case 4: isNameNext = isInValue && matchedTag != nil && key.whole == "Alphabetic"
        default: break
        }
    }

    private mutating func take(_ text: JSONText, isNumber: Bool) {
        guard let value = text.text.withoutPadding else { return }
        if let matchedTag { matcher?.take(value, isNumber: isNumber, of: matchedTag) }
        if isNumber { return }
        // As much as is kept when nothing is asked for.
        let kept = text.text.utf8.count > Self.factByteCount ? text.text.beginning(Self.factByteCount).withoutPadding : value
        switch fact {
        case .modality: modality = modality ?? kept
        case .seriesDescription: seriesDescription = seriesDescription ?? kept
        case nil: break
        }
    }

    /// Takes the alphabetic form of a name. Components that are empty at its end say nothing (PS3.5 §6.2).
    private mutating func takeName(_ text: JSONText) {
        isNameNext = false
        guard let matchedTag, let name = text.text.withoutPadding else { return }
        let end = name.lastIndex { $0 != "^" && $0 != " " }.map(name.index(after:)) ?? name.startIndex
        matcher?.take(String(name[..<end]), isNumber: false, of: matchedTag)
    }
}

extension String {
    fileprivate func beginning(_ byteCount: Int) -> String { String(decoding: utf8.prefix(byteCount), as: UTF8.self) }

    /// The text without the blanks that DICOM pads with and without control characters; `nil` when nothing is left.
    fileprivate var withoutPadding: String? {
        if utf8.first.map({ $0 > 0x20 }) ?? false, utf8.last.map({ $0 > 0x20 }) ?? false,
            utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
        {
            return self
        }
        let scalars = unicodeScalars.map { $0.isControl ? " " : $0 }
        let isNoBlank = { (scalar: Unicode.Scalar) in scalar != " " }
        guard let first = scalars.firstIndex(where: isNoBlank), let last = scalars.lastIndex(where: isNoBlank) else { return nil }
        var value = String.UnicodeScalarView()
        value.append(contentsOf: scalars[first...last])
        return String(value)
    }
}

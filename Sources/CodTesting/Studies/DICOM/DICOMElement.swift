/// One data element of a DICOM dataset: a tag, its value representation and a value.
struct DICOMElement: Sendable, Hashable {
    /// The value representations that synthetic instances use (DICOM PS3.5 §6.2).
    enum VR: String, Sendable {
        case attributeTag = "AT"
        case codeString = "CS"
        case date = "DA"
        case decimalString = "DS"
        case integerString = "IS"
        case longString = "LO"
        case otherByte = "OB"
        case otherWord = "OW"
        case personName = "PN"
        case shortString = "SH"
        case time = "TM"
        case uid = "UI"
        case unsignedLong = "UL"
        case unsignedShort = "US"

        /// Whether the length takes four bytes behind two reserved ones (PS3.5 §7.1.2).
        var hasLongLength: Bool { self == .otherByte || self == .otherWord }
    }

    enum Value: Sendable, Hashable {
        /// Texts, written with a backslash between them. None: an empty value.
        case texts([String])
        /// Numbers of the width that the VR says.
        case numbers([UInt32])
        case bytes([UInt8])
        /// Bytes that follow the element and are not held here.
        case following(byteCount: Int)
    }

    /// Group and element: `0x0010_0020`.
    let tag: UInt32
    let vr: VR
    let value: Value

    init(_ tag: UInt32, _ vr: VR, _ texts: String...) {
        self.init(tag, vr, .texts(texts))
    }

    init(_ tag: UInt32, _ vr: VR, _ value: Value) {
        self.tag = tag
        self.vr = vr
        self.value = value
    }

    static func number(_ tag: UInt32, _ value: Int) -> DICOMElement {
        DICOMElement(tag, .unsignedShort, .numbers([UInt32(clamping: value)]))
    }
}

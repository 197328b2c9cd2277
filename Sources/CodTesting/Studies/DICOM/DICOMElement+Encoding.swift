extension DICOMElement {
    /// Adds the element in Explicit VR Little Endian (PS3.5 §7.1.2), its value padded to an even length.
    func encode(into bytes: inout [UInt8]) {
        let content = encodedValue
        bytes.appendLittleEndian(UInt16(tag >> 16))
        bytes.appendLittleEndian(UInt16(tag & 0xFFFF))
        bytes.append(contentsOf: vr.rawValue.utf8)
        let count = if case .following(let byteCount) = value { byteCount + byteCount % 2 } else { content.count }
        if vr.hasLongLength {
            bytes.appendLittleEndian(UInt16(0))
            bytes.appendLittleEndian(UInt32(clamping: count))
        } else {
            bytes.appendLittleEndian(UInt16(clamping: count))
        }
        bytes.append(contentsOf: content)
    }

    private var encodedValue: [UInt8] {
        var bytes: [UInt8] = []
        switch value {
        case .texts(let texts):
            for (index, text) in texts.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: "\\")) }
                bytes.append(contentsOf: text.utf8)
            }
            if bytes.count % 2 == 1 { bytes.append(vr == .uid ? 0 : UInt8(ascii: " ")) }
        case .numbers(let numbers):
            for number in numbers {
                switch vr {
                case .unsignedLong: bytes.appendLittleEndian(number)
                case .attributeTag:
                    bytes.appendLittleEndian(UInt16(number >> 16))
                    bytes.appendLittleEndian(UInt16(number & 0xFFFF))
                default: bytes.appendLittleEndian(UInt16(clamping: number))
                }
            }
        case .bytes(let content):
            bytes = content
            if bytes.count % 2 == 1 { bytes.append(0) }
        case .following: break
        }
        return bytes
    }
}

extension [UInt8] {
    mutating func appendLittleEndian(_ value: UInt16) {
        append(UInt8(truncatingIfNeeded: value))
        append(UInt8(truncatingIfNeeded: value >> 8))
    }

    mutating func appendLittleEndian(_ value: UInt32) {
        appendLittleEndian(UInt16(truncatingIfNeeded: value))
        appendLittleEndian(UInt16(truncatingIfNeeded: value >> 16))
    }
}

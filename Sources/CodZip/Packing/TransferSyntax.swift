import CodCore

/// The transfer syntax of a DICOM file, as its file meta information says (PS3.10, section 7.1), and whether deflate can do anything
/// about its pixels.
struct TransferSyntax: Hashable, Sendable {
    let uid: String

    /// `DICM`.
    private static let prefix = 0x4D43_4944
    /// The value representations whose length has four bytes: `OB`, `OW`, `OF`, `SQ`, `UT`, `UN`.
    private static let longKinds = [0x424F, 0x574F, 0x464F, 0x5153, 0x5455, 0x4E55]

    /// Reads it from the beginning of a file; `nil` where that is not a DICOM file, or says nothing within these bytes.
    init?(startOf bytes: RawSpan) {
        // Preamble and prefix; then group 2, always in explicit little endian.
        guard bytes.byteCount >= 132, bytes.number32(at: 128) == Self.prefix else { return nil }
        var position = 132
        while position + 8 <= bytes.byteCount, bytes.number16(at: position) == 2 {
            let element = bytes.number16(at: position + 2)
            let isLong = Self.longKinds.contains(bytes.number16(at: position + 4))
            guard !isLong || position + 12 <= bytes.byteCount else { return nil }
            let count = isLong ? bytes.number32(at: position + 8) : bytes.number16(at: position + 6)
            let start = position + (isLong ? 12 : 8)
            guard count <= bytes.byteCount - start else { return nil }
            if element == 0x0010 {
                uid = bytes.text(at: start, count: count).filter { $0 != "\0" && $0 != " " }
                return
            }
            position = start + count
        }
        return nil
    }

    /// Whether its pixels are compressed already: JPEG, JPEG-LS, JPEG 2000, JPEG XL, MPEG and HEVC, RLE, and data sets that are
    /// deflated (PS3.5, sections 8.2 and A.4 to A.5).
    var isCompressed: Bool {
        uid == "1.2.840.10008.1.2.1.99" || uid == "1.2.840.10008.1.2.5" || uid.hasPrefix("1.2.840.10008.1.2.4.")
    }
}

extension RawSpan {
    fileprivate func number16(at position: Int) -> Int {
        Int(self[position]) | Int(self[position + 1]) << 8
    }

    fileprivate func number32(at position: Int) -> Int {
        number16(at: position) | number16(at: position + 2) << 16
    }

    fileprivate func text(at position: Int, count: Int) -> String {
        var text = ""
        for index in position..<position + count { text.unicodeScalars.append(Unicode.Scalar(self[index])) }
        return text
    }
}

import CodCore

/// How object names are written into addresses.
///
/// A name may hold any character but line breaks: `/` twice in a row, `%`, `+`, `?`, letters outside ASCII. Everything but the
/// unreserved characters of RFC 3986 (section 2.3) is percent-encoded, byte by byte of its UTF-8 form, so no two readers of the
/// address can disagree.
enum ObjectName {
    /// The longest name that Google Cloud Storage has, in bytes.
    static let maximumByteCount = 1024

    /// A name as one segment of a path, or as a value of a query: `/` is encoded as well.
    static func segment(_ name: String) -> String { encoded(name, keepsSlashes: false) }

    /// A name as a path: `/` stays.
    static func path(_ name: String) -> String { encoded(name, keepsSlashes: true) }

    /// Throws for what cannot be the name of an object.
    static func check(_ name: String) throws(CodError) {
        let problem: String? =
            if name.isEmpty {
                "it is empty"
            } else if name.utf8.count > maximumByteCount {
                "it has \(name.utf8.count) bytes; \(maximumByteCount) are allowed"
            } else if name.utf8.contains(where: { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }) {
                "it holds a line break"
            } else {
                nil
            }
        guard let problem else { return }
        throw CodError(.invalidIdentifier, "“\(name.prefix(100).printable)” cannot be the name of an object: \(problem).")
    }

    /// Whether a byte stands for itself in every part of an address.
    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func encoded(_ name: String, keepsSlashes: Bool) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(name.utf8.count + 32)
        for byte in name.utf8 {
            if isUnreserved(byte) || (keepsSlashes && byte == UInt8(ascii: "/")) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 0xF)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
}

/// The base64 form of bytes (RFC 4648 §4).
func base64(_ bytes: [UInt8]) -> [UInt8] {
    let digits = base64Digits
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let count = min(3, bytes.count - start)
        var bits: UInt32 = 0
        for offset in 0..<3 { bits = bits << 8 | (offset < count ? UInt32(bytes[start + offset]) : 0) }
        for place in 0..<4 {
            text.append(place <= count ? digits[Int(bits >> UInt32(18 - 6 * place) & 0x3F)] : UInt8(ascii: "="))
        }
    }
    return text
}

private let base64Digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

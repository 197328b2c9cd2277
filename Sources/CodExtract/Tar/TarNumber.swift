internal import CodCore

/// The numbers in a tar header.
enum TarNumber {
    /// Reads a field: octal digits that a space or NUL may end, or, with the highest bit of the first byte set, GNU's base 256.
    ///
    /// Blanks before the digits, and one NUL that a too long field before it may have left, are passed over; a field of blanks is 0.
    /// Negative numbers, and those above `Int64.max`, are problems.
    static func read(_ field: ArraySlice<UInt8>, called name: String) throws(TarProblem) -> Int64 {
        guard let first = field.first else { return 0 }
        if first & 0x80 != 0 { return try readBase256(field, called: name) }
        var digits = first == 0 ? field.dropFirst() : field
        digits = digits.drop { $0 == UInt8(ascii: " ") }
        var value: Int64 = 0
        for byte in digits {
            if byte == 0 || byte == UInt8(ascii: " ") { break }
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) else {
                throw TarProblem("The tar header's \(name) is no octal number: \(text(field)).")
            }
            value = try appending(byte - UInt8(ascii: "0"), base: 8, to: value, called: name)
        }
        return value
    }

    /// Reads the decimal digits of a PAX value.
    static func readDecimal(_ field: ArraySlice<UInt8>, called name: String) throws(TarProblem) -> Int64 {
        guard !field.isEmpty, field.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else {
            throw TarProblem("The PAX header's \(name) is no decimal number: \(text(field)).")
        }
        var value: Int64 = 0
        for byte in field { value = try appending(byte - UInt8(ascii: "0"), base: 10, to: value, called: name) }
        return value
    }

    private static func readBase256(_ field: ArraySlice<UInt8>, called name: String) throws(TarProblem) -> Int64 {
        var value: Int64 = 0
        for (position, byte) in field.enumerated() {
            // Two's complement: below the marker bit, the next one is the sign.
            if position == 0, byte & 0x40 != 0 { throw TarProblem("The tar header's \(name) is negative.") }
            value = try appending(position == 0 ? byte & 0x3F : byte, base: 256, to: value, called: name)
        }
        return value
    }

    private static func appending(
        _ digit: UInt8, base: Int64, to value: Int64, called name: String
    ) throws(TarProblem) -> Int64 {
        let (product, hasOverflowed) = value.multipliedReportingOverflow(by: base)
        let (sum, isTooLarge) = product.addingReportingOverflow(Int64(digit))
        guard !hasOverflowed, !isTooLarge else {
            throw TarProblem("The tar header's \(name) is larger than any file: more than \(Int64.max).")
        }
        return sum
    }

    /// A field for messages: what is before the first NUL, but for those it begins with.
    private static func text(_ field: ArraySlice<UInt8>) -> String {
        EntryName.printable(TarHeader.text(field.drop { $0 == 0 }))
    }
}

/// The records of a PAX header: `<length> <key>=<value>\n`, the length being that of the whole record in decimal digits
/// (POSIX.1-2017, `pax`, "pax Header Block").
struct PAXRecords {
    private var rest: ArraySlice<UInt8>

    init(_ body: [UInt8]) {
        rest = body[...]
    }

    /// The next record; `nil` when there is none left. A value may hold any byte, NUL too.
    mutating func next() throws(TarProblem) -> (key: ArraySlice<UInt8>, value: ArraySlice<UInt8>)? {
        // Some writers fill up with NULs.
        if rest.allSatisfy({ $0 == 0 }) { return nil }
        // No body that is taken needs more digits, and eight cannot overflow.
        let digits = rest.prefix(9).prefix { $0 != UInt8(ascii: " ") }
        guard digits.count < 9, digits.endIndex < rest.endIndex else {
            throw TarProblem("A record of the PAX header begins with no length.")
        }
        let length = Int(try TarNumber.readDecimal(digits, called: "record length"))
        guard length <= rest.count, length > digits.count + 1 else {
            throw TarProblem(
                "A record of the PAX header says that it is \(length) bytes long, of the \(rest.count) that are left.")
        }
        let record = rest.prefix(length)
        let content = record.dropFirst(digits.count + 1).dropLast()
        guard record.last == UInt8(ascii: "\n"), let equals = content.firstIndex(of: UInt8(ascii: "=")) else {
            throw TarProblem("A record of the PAX header, \(length) bytes long, is no key and value with a line's end.")
        }
        rest = rest.dropFirst(length)
        return (content[..<equals], content[content.index(after: equals)...])
    }
}

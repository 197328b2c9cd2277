/// Reads the part of TOML 1.0 that settings need: tables, keys with dots, texts on one line, numbers, true and false, dates, lists.
///
/// Pure, and never more than a few calls deep. What is left out (texts of several lines, tables in braces or double brackets, times of day)
/// is refused by name: none of it is a value of a flag.
struct TOMLText {
    struct SyntaxError: Error, Equatable {
        /// From 1 on.
        let line: Int
        /// What is wrong there, as the end of a sentence; nothing of the text is in it.
        let problem: String
    }

    /// A value and where it stands.
    struct Entry: Equatable {
        let value: ConfigValue
        let line: Int
    }

    /// What stands under each path of names. A table that is empty is there as an empty table.
    private(set) var entries: [[String]: Entry] = [:]
    private var cursor: TOMLCursor
    private var headers: Set<[String]> = []

    /// The most names that a path has.
    private static let maximumDepth = 8
    /// The most entries that are taken.
    private static let maximumCount = 100_000

    /// Reads all of a text.
    static func parse(_ text: String) throws(SyntaxError) -> [[String]: Entry] {
        var reader = TOMLText(cursor: TOMLCursor(text))
        try reader.run()
        return reader.entries
    }

    private init(cursor: TOMLCursor) { self.cursor = cursor }

    private mutating func run() throws(SyntaxError) {
        var table: [String] = []
        while true {
            try cursor.skipBlankLines()
            guard let byte = cursor.peek else { return }
            let line = cursor.line
            if byte == UInt8(ascii: "[") {
                table = try header()
                guard headers.insert(table).inserted else { throw problem("the table was there before") }
                try add(.table, at: table, line)
            } else {
                let path = table + (try cursor.path())
                try cursor.expect("=", "a name is followed by = and a value")
                guard cursor.peekBehindBlanks != nil else { throw problem("there is no value behind the =") }
                try add(try value(), at: path, line)
            }
            try cursor.endLine()
        }
    }

    private mutating func header() throws(SyntaxError) -> [String] {
        cursor.advance()
        if cursor.peek == UInt8(ascii: "[") { throw problem("tables in double brackets are nothing here") }
        let path = try cursor.path()
        try cursor.expect("]", "a table's name ends with ]")
        return path
    }

    private mutating func add(_ value: ConfigValue, at path: [String], _ line: Int) throws(SyntaxError) {
        guard path.count <= Self.maximumDepth else { throw problem("a name has more than \(Self.maximumDepth) parts") }
        guard entries.count < Self.maximumCount else { throw problem("there are more than \(Self.maximumCount) settings") }
        for count in 1..<max(path.count, 1) {
            let above = Array(path.prefix(count))
            if let entry = entries[above], entry.value != .table { throw problem("what is a value above is a table here") }
            if entries[above] == nil { entries[above] = Entry(value: .table, line: line) }
        }
        if let before = entries[path] {
            guard value == .table, before.value == .table else {
                throw problem("the name was there before, on line \(before.line)")
            }
            return
        }
        entries[path] = Entry(value: value, line: line)
    }

    private mutating func value() throws(SyntaxError) -> ConfigValue {
        cursor.skipBlanks()
        switch cursor.peek {
        case UInt8(ascii: "["): return try list()
        case UInt8(ascii: "{"): throw problem("tables in braces are nothing here: write [NAME] on a line, and the keys below it")
        default: return try single()
        }
    }

    private mutating func single() throws(SyntaxError) -> ConfigValue {
        if let text = try cursor.text() { return .text(text) }
        let word = cursor.word()
        guard let value = TOMLWord.value(of: word) else {
            throw problem(
                word.isEmpty ? "there is no value where one belongs" : "a value is none: texts stand in quotation marks")
        }
        return value
    }

    private mutating func list() throws(SyntaxError) -> ConfigValue {
        cursor.advance()
        var values: [ConfigValue] = []
        while true {
            try cursor.skipBlankLines()
            guard let byte = cursor.peek else { throw problem("a list does not end") }
            if byte == UInt8(ascii: "]") { break }
            if byte == UInt8(ascii: "[") { throw problem("lists of lists are nothing here") }
            values.append(try single())
            try cursor.skipBlankLines()
            if cursor.peek == UInt8(ascii: "]") { break }
            try cursor.expect(",", "values of a list have commas between")
        }
        cursor.advance()
        return .list(values)
    }

    private func problem(_ text: String) -> SyntaxError { SyntaxError(line: cursor.line, problem: text) }
}

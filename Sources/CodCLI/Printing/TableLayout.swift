/// How wide the columns of a table are, and its lines.
///
/// On a terminal that is too narrow one column gives way; where that is not enough, the last column stands on a line of its own. What goes
/// elsewhere is never cut.
struct TableLayout {
    /// The narrowest that the column gets that gives way.
    private static let narrowest = 12
    private static let margin = "  "

    private var widths: [Int]
    private let rightAligned: Set<Int>
    private let isLastAlone: Bool

    /// - Parameters:
    ///   - flexible: the column that gives way.
    ///   - columnCount: the width of the terminal; `nil`: there is none.
    init(headings: [String], rows: [[String]], rightAligned: Set<Int>, flexible: Int, columnCount: Int?) {
        self.rightAligned = rightAligned
        var widths = headings.indices.map { column in
            rows.reduce(headings[column].count) { max($0, $1[column].count) }
        }
        guard let columnCount else {
            (self.widths, isLastAlone) = (widths, false)
            return
        }
        let room = { (widths: ArraySlice<Int>) in columnCount - widths.reduce(0) { $0 + $1 + Self.margin.count } }
        let narrowest = min(widths[flexible], Self.narrowest)
        let needed = widths[flexible] - narrowest
        isLastAlone = room(widths[...]) + needed < 0
        let missing = -room(isLastAlone ? widths.dropLast() : widths[...])
        widths[flexible] -= max(min(missing, needed), 0)
        self.widths = widths
    }

    /// A row as lines, without blanks at their ends.
    func lines(of cells: [String]) -> [String] {
        let last = isLastAlone ? cells.count - 1 : cells.count
        let line = cells[..<last].indices.map { Self.margin + fitted(cells[$0], in: $0) }.joined()
        let end = line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex
        let alone = cells.last.map { isLastAlone && !$0.isEmpty ? ["\(Self.margin)\(Self.margin)\($0)"] : [] } ?? []
        return [String(line[..<end])] + alone
    }

    private func fitted(_ cell: String, in column: Int) -> String {
        let text = cell.count > widths[column] ? "\(cell.prefix(widths[column] - 1))…" : cell
        let blanks = String(repeating: " ", count: widths[column] - text.count)
        return rightAligned.contains(column) ? blanks + text : text + blanks
    }
}

/// Cells in columns: the first one flush left, the others flush right.
package struct TextTable {
    package var cells: [[String]]

    package init(_ cells: [[String]]) {
        self.cells = cells
    }

    /// For a terminal.
    package var plain: [String] {
        let widths = (0..<columnCount).map { column in cells.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return cells.map { row in
            let padded = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + padding : padding + cell
            }
            return Self.withoutTrailingSpaces(padded.joined(separator: "  "))
        }
    }

    /// For a page; the first row is the head. `leftCount` columns are flush left.
    package func markdown(leftCount: Int = 1) -> [String] {
        guard let head = cells.first else { return [] }
        let rule = head.indices.map { $0 < leftCount ? ":---" : "---:" }
        return ([head, rule] + cells.dropFirst()).map { row in
            "| "
                + row.map { $0.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|") }
                .joined(separator: " | ") + " |"
        }
    }

    private var columnCount: Int { cells.map(\.count).max() ?? 0 }

    private static func withoutTrailingSpaces(_ text: String) -> String {
        String(text.reversed().drop { $0 == " " }.reversed())
    }
}

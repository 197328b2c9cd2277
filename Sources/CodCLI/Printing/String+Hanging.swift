extension String {
    /// The text behind some characters, broken at blanks so that no line is wider than a terminal, all lines below the first one's words.
    ///
    /// A word that is longer than the room for it stands on a line of its own, whole: it may be there to be copied.
    ///
    /// - Parameter columnCount: the terminal's width; `nil`: there is none, and nothing is broken.
    func hanging(behind front: String, columnCount: Int?) -> [String] {
        guard let columnCount, front.count + count > columnCount else { return [front + self] }
        let margin = String(repeating: " ", count: front.count)
        var lines: [String] = []
        var line = front
        var isEmpty = true
        for word in split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > columnCount {
                lines.append(line)
                (line, isEmpty) = (margin, true)
            }
            line += isEmpty ? word : " \(word)"
            isEmpty = false
        }
        return lines + [line]
    }
}

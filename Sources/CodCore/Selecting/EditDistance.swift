/// How far two words are apart.
package enum EditDistance {
    /// How many letters must be put in, taken out or changed to make one of the other (Levenshtein).
    ///
    /// It takes the product of their lengths in time: for words that somebody typed, not for texts.
    package static func between<Letter: Equatable>(_ one: [Letter], _ other: [Letter]) -> Int {
        var row = Array(0...other.count)
        for (line, letter) in one.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, otherLetter) in other.enumerated() {
                let above = row[column + 1]
                row[column + 1] = letter == otherLetter ? diagonal : min(diagonal, above, row[column]) + 1
                diagonal = above
            }
        }
        return row[other.count]
    }
}

@testable import CodCLI

extension FuzzTarget {
    /// A list of studies: no study is empty, a comment, or has blanks around it; and their list is read as itself.
    static let studies = FuzzTarget(
        name: "studies", seeds: seeds, words: ["#", "\n", "\r\n", "\u{2028}", "\t", " ", "1.2.840", "\u{FEFF}", "\u{85}"],
        maximumByteCount: 512,
        run: { input throws(Finding) in
            let found = StudyList.parse(String(decoding: input.payload, as: UTF8.self))
            for study in found {
                let isClean = !study.isEmpty && !study.contains("#") && !study.contains(where: \.isNewline)
                let hasBlanks = study.first?.isWhitespace == true || study.last?.isWhitespace == true
                try Finding.check(isClean && !hasBlanks, "A study is called “\(study)”.")
            }
            try Finding.check(StudyList.parse(found.joined(separator: "\n")) == found, "The list changes when it is written.")
            return magnitude(found.count) &* 16 &+ magnitude(found.first?.count ?? 0)
        })

    private static func seeds() -> [[UInt8]] {
        ["1.2.840\n1.2.841\n", "# all\n\n 1.2 # one\r\n\t1.3\t\r1.4", "\u{FEFF}1.2\u{2028}1.3\u{85}", "#", " \u{3000} "].map {
            FuzzInput.seed($0.utf8)
        }
    }
}

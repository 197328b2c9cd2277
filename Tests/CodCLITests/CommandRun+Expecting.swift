import Foundation
import Testing

extension CommandRun {
    /// Expects an exit code and words on standard error; and of every run, that it showed no token, and without a terminal nothing
    /// that only a terminal understands.
    func expect(_ code: Int32, naming words: String..., sourceLocation: SourceLocation = #_sourceLocation) {
        expect(code, naming: words, sourceLocation: sourceLocation)
    }

    func expect(_ code: Int32, naming words: [String], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(exitCode == code, "\(errors)", sourceLocation: sourceLocation)
        for word in words {
            #expect(errors.contains(word), "\"\(word)\" is not in: \(errors)", sourceLocation: sourceLocation)
        }
        #expect(!everything.contains(ServedStore.token), "A token is shown.", sourceLocation: sourceLocation)
        let controls = everything.unicodeScalars.filter { $0.value < 0x20 && $0 != "\n" || $0.value == 0x7F }
        #expect(controls.isEmpty, "\(everything.debugDescription)", sourceLocation: sourceLocation)
    }
}

import CodCore

@testable import CodSink

extension FuzzTarget {
    /// A `log.json`. Wherever it is cut: the same entries, the same complaint; no entry leads out of the folder.
    static let log = FuzzTarget(
        name: "log", seeds: logSeeds, words: logWords, maximumByteCount: 2 << 10,
        run: { input throws(Finding) in
            let bytes = input.payload
            let whole = try LogReading(of: bytes, in: [bytes.count])
            let cut = try LogReading(of: bytes, in: input.chunkSizes(ofByteCount: bytes.count))
            try Finding.check(whole == cut, "Cut, the log comes to \(cut), and whole to \(whole).")
            try whole.checkAgain()
            return whole.kind
        })
}

private struct LogReading: Equatable {
    private var entries: [LogEntry] = []
    private let problem: String?
    private let refusedCount: Int

    init(of bytes: [UInt8], in sizes: [Int]) throws(Finding) {
        var scanner = LogScanner()
        var found: [LogEntry] = []
        for chunk in bytes.chunks(sizes) { scanner.push(chunk) { found.append($0) } }
        scanner.finish()
        (entries, problem, refusedCount) = (found, scanner.problem, scanner.refusedCount)
        for entry in entries {
            let parts: [String] =
                switch entry {
                case .instance(let uid, let series): [series.study, series.series, uid]
                case .archive(let series): [series.study, series.series]
                }
            try Finding.check(parts.allSatisfy { UIDText.isValid($0) }, "The entry \(entry) leads elsewhere.")
        }
    }

    /// What was read, written and read again is the same.
    func checkAgain() throws(Finding) {
        var log = SavedLog()
        for entry in entries { log.insert(entry) }
        var again = SavedLog()
        var scanner = LogScanner()
        do { try log.forEachPiece { piece in scanner.push(piece) { again.insert($0) } } } catch { return }
        scanner.finish()
        try Finding.check(scanner.problem == nil && scanner.refusedCount == 0, "The log that was written is not read again.")
        try Finding.check(
            again.instances == log.instances && again.archives == log.archives, "The log changes when it is written.")
    }

    var kind: Int {
        var hasher = Hasher()
        hasher.combine(problem)
        hasher.combine(magnitude(refusedCount))
        hasher.combine(magnitude(entries.count))
        return hasher.finalize()
    }
}

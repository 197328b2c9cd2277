import CodCore

@testable import CodSink

extension FuzzTarget {
    /// The notes on what is saved. Wherever they are cut: the same records; each is written as it is read.
    static let records = FuzzTarget(
        name: "records", seeds: recordSeeds, words: recordWords, maximumByteCount: 1 << 10,
        run: { input throws(Finding) in
            let bytes = input.payload
            let whole = read(bytes, in: [bytes.count])
            try Finding.check(
                whole == read(bytes, in: input.chunkSizes(ofByteCount: bytes.count)), "The records depend on the cut.")
            var records: [SeriesRecords.Record] = []
            for line in whole {
                if case .instance(let record) = line {
                    records.append(record)
                    try Finding.check(UIDText.isValid(record.uid) && record.byteCount >= 0, "There is a record \(record).")
                }
                let text = Array(RecordLines.text(of: line).utf8)
                try Finding.check(read(text, in: [text.count]) == [line], "The line \(line) changes when it is written.")
            }
            return magnitude(whole.count) &* 64 &+ magnitude(records.count { $0.checksum == nil }) &* 8
                &+ magnitude(records.count(where: \.isVerified)) &+ 4096 &* magnitude(whole.count - records.count)
        })

    private static func read(_ bytes: [UInt8], in sizes: [Int]) -> [RecordLines.Line] {
        var lines = RecordLines()
        var found: [RecordLines.Line] = []
        for chunk in bytes.chunks(sizes) { lines.push(chunk) { found.append($0) } }
        return found
    }
}

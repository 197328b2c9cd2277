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
            for record in whole {
                try Finding.check(UIDText.isValid(record.uid) && record.byteCount >= 0, "There is a record \(record).")
                let line = Array(RecordLines.line(of: record).utf8)
                try Finding.check(read(line, in: [line.count]) == [record], "The record \(record) changes when it is written.")
            }
            return magnitude(whole.count) &* 64 &+ magnitude(whole.count { $0.checksum == nil }) &* 8
                &+ magnitude(whole.count(where: \.isVerified))
        })

    private static func read(_ bytes: [UInt8], in sizes: [Int]) -> [SeriesRecords.Record] {
        var lines = RecordLines()
        var records: [SeriesRecords.Record] = []
        for chunk in bytes.chunks(sizes) { lines.push(chunk) { records.append($0) } }
        return records
    }
}

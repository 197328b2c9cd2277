internal import CodCore

/// What a listing is asked for.
struct ListQuery: Sendable {
    /// A parameter that cannot be read.
    struct Malformed: Error {
        let error: ServiceError
    }

    let prefix: String
    let delimiter: String
    /// How many items and prefixes a page holds at most.
    let limit: Int
    /// Where the page begins in the order of names, and what it stops before.
    let start: [UInt8]
    let end: [UInt8]?
    private let seal: Seal

    /// The largest page that the service makes.
    static let largestLimit = 1_000

    /// Reads the parameters; throws a ``Malformed`` for one that cannot be read.
    init(_ query: [String: String], pageLimit: Int) throws(Malformed) {
        prefix = query["prefix"] ?? ""
        delimiter = query["delimiter"] ?? ""
        end = query["endOffset"].flatMap { $0.isEmpty ? nil : Array($0.utf8) }
        seal = Seal(parts: [prefix, delimiter, query["endOffset"] ?? ""])
        var limit = max(1, min(pageLimit, Self.largestLimit))
        if let text = query["maxResults"] {
            guard let count = UInt32(text), count > 0 else {
                throw Malformed(error: .invalid("Invalid unsigned integer value: '\(text)'.", parameter: "maxResults"))
            }
            limit = min(limit, Int(clamping: count))
        }
        self.limit = limit
        if let token = query["pageToken"], !token.isEmpty {
            guard let place = seal.place(of: token) else {
                throw Malformed(error: .invalid("Invalid page token: '\(token)'.", parameter: "pageToken"))
            }
            start = place
        } else {
            let places = [Array(prefix.utf8), Array((query["startOffset"] ?? "").utf8)]
            start = places.max { $0.lexicographicallyPrecedes($1) } ?? []
        }
    }

    /// The token of a page that begins at a place. It holds for the same listing only.
    func token(at place: [UInt8]) -> String { seal.token(at: place) }

    /// Ties tokens to a listing: one of another listing is none.
    private struct Seal: Sendable {
        let parts: [String]

        func token(at place: [UInt8]) -> String { Base64.urlEncoded(place + checksum(place)) }

        func place(of token: String) -> [UInt8]? {
            guard let bytes = Base64.urlDecoded(token), bytes.count >= 4 else { return nil }
            let place = Array(bytes.dropLast(4))
            return checksum(place).elementsEqual(bytes.suffix(4)) ? place : nil
        }

        private func checksum(_ place: [UInt8]) -> [UInt8] {
            var crc = RunningCRC32C()
            for part in parts.map({ Array($0.utf8) }) + [place] { crc.update(ByteChunk(part + [0])) }
            let value = crc.checksum.value
            return (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
    }
}

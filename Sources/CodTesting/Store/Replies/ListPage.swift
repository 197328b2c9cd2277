/// A page of a listing.
struct ListPage: Sendable {
    private(set) var names: [ObjectName] = []
    private(set) var prefixes: [String] = []
    /// Where the next page begins; `nil` on the last one.
    private(set) var next: [UInt8]?

    /// A page without anything on it that leads on to `next`.
    init(leadingTo next: [UInt8]) {
        self.next = next
    }

    /// Collects names in their order, folding those that have the delimiter behind the prefix into prefixes, each once.
    init(_ query: ListQuery, from names: BucketNames) throws {
        var names = names
        var place = query.start
        while let name = try names.first(from: place), name.begins(with: query.prefix) {
            if let end = query.end, !name.precedes(end) { return }
            if self.names.count + prefixes.count == query.limit {
                next = place
                return
            }
            if let folded = Self.fold(name, query) {
                prefixes.append(folded)
                place = Self.behind(folded)
            } else {
                self.names.append(name)
                place = Array(name.text.utf8) + [0]
            }
        }
    }

    /// The name up to the first delimiter behind the prefix, that included; `nil` without one.
    private static func fold(_ name: ObjectName, _ query: ListQuery) -> String? {
        guard !query.delimiter.isEmpty else { return nil }
        let rest = Array(name.text.utf8.dropFirst(query.prefix.utf8.count))
        let delimiter = Array(query.delimiter.utf8)
        guard let found = rest.indices.first(where: { rest[$0...].starts(with: delimiter) }) else { return nil }
        return query.prefix + String(decoding: rest[..<(found + delimiter.count)], as: UTF8.self)
    }

    /// The first place behind all names that begin with `prefix`.
    private static func behind(_ prefix: String) -> [UInt8] {
        // No byte of UTF-8 is ff, so the last one can be raised.
        var place = Array(prefix.utf8)
        if let last = place.popLast() { place.append(last + 1) }
        return place
    }
}

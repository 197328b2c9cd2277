/// What lies in a cache of a limited size, and what has to go for something new: the least recently used first.
///
/// It keeps the books only. A reservation is room for what is being made; room that is reserved is not given away.
struct CacheLedger {
    /// Why there is no room.
    enum Refusal: Error, Equatable {
        /// It would not fit into an empty cache.
        case tooLarge
        /// What is being made takes the room for now.
        case occupied
    }

    private struct Entry {
        var byteCount: Int64
        var lastUse: Int
    }

    /// The most bytes that it holds, made and being made.
    let limit: Int64
    private var entries: [String: Entry] = [:]
    private var reservations: [String: Int64] = [:]
    private var clock = 0

    init(limit: Int64) {
        self.limit = limit
    }

    /// How many bytes are taken or reserved.
    var byteCount: Int64 {
        entries.values.reduce(0) { $0 + $1.byteCount } + reservations.values.reduce(0, +)
    }

    /// Makes room for what is to be made under a key, beside what is there under it. Answers which others have to go, and forgets them.
    mutating func reserve(_ byteCount: Int64, for key: String) throws(Refusal) -> [String] {
        guard byteCount <= limit else { throw .tooLarge }
        var evicted: [String] = []
        var missing = self.byteCount - limit + byteCount
        let candidates = entries.filter { $0.key != key && reservations[$0.key] == nil }
        for (other, entry) in candidates.sorted(by: { $0.value.lastUse < $1.value.lastUse }) where missing > 0 {
            evicted.append(other)
            missing -= entry.byteCount
        }
        // What is there under the same key is in the way only when nothing else is left to go.
        if missing > 0, reservations.isEmpty, let own = entries[key] {
            evicted.append(key)
            missing -= own.byteCount
        }
        guard missing <= 0 else { throw .occupied }
        for other in evicted { entries[other] = nil }
        reservations[key] = byteCount
        return evicted
    }

    /// What was made has this size; it takes the place of what was there under its key. Answers what has to go for a size that grew.
    mutating func keep(_ byteCount: Int64, for key: String) -> [String] {
        reservations[key] = nil
        clock += 1
        entries[key] = Entry(byteCount: byteCount, lastUse: clock)
        var evicted: [String] = []
        let candidates = entries.filter { $0.key != key && reservations[$0.key] == nil }
        for (other, _) in candidates.sorted(by: { $0.value.lastUse < $1.value.lastUse }) where self.byteCount > limit {
            entries[other] = nil
            evicted.append(other)
        }
        return evicted
    }

    /// Nothing came of it, and nothing is there under its key.
    mutating func drop(_ key: String) {
        (entries[key], reservations[key]) = (nil, nil)
    }
}

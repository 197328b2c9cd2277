/// Where the entries of an archive begin and end, as far as its metadata tells.
///
/// Entry *i* begins where the data of entry *i − 1* ends, rounded up to the tar's block of 512 bytes, and reaches to the end of
/// its own last block: headers of any number and size lie before the data. Entries that the metadata does not list are part of
/// the range of the one that follows them.
struct EntryLayout {
    static let blockByteCount: Int64 = 512
    /// A PAX header, its records in up to two blocks, and the entry's own header. An entry between, with such headers, takes at least
    /// three more; one with a plain header and less than 1 KiB of content may go unseen where an archive is not fetched whole.
    private static let largestHeaderByteCount: Int64 = 4 * blockByteCount
    /// The end mark, filled up to a record of 20 blocks.
    private static let largestEndByteCount: Int64 = 22 * blockByteCount

    /// Where each entry lies, in the archive's order.
    struct Entry {
        let instance: PlannedInstance
        let range: Range<Int64>
        /// Whether there is more room before its data than headers take: something that the metadata does not list may be there.
        let mayHoldUnlisted: Bool
    }

    let entries: [Entry]
    /// What lies behind the last entry.
    let tail: Range<Int64>

    /// Whether there is more room behind the last entry than an end mark takes.
    var tailMayHoldUnlisted: Bool { tail.upperBound - tail.lowerBound > Self.largestEndByteCount }

    /// Whether there is such room anywhere.
    var mayHoldUnlisted: Bool { tailMayHoldUnlisted || entries.contains(where: \.mayHoldUnlisted) }

    /// The entry that a byte of the archive is part of.
    func entry(at offset: Int64) -> Entry? {
        // Entries follow one another without gaps, from the first byte on.
        var candidates = entries[...]
        while let middle = candidates.indices.dropFirst(candidates.count / 2).first {
            let entry = candidates[middle]
            if entry.range.contains(offset) { return entry }
            candidates = offset < entry.range.lowerBound ? candidates[..<middle] : candidates[(middle + 1)...]
        }
        return nil
    }

    /// Works out the layout; `nil` when offsets or sizes are missing, overlap, or do not fit the archive. Such an archive is
    /// one portion: the decoder finds its way by the headers.
    init?(instances: [PlannedInstance], archiveByteCount: Int64?) {
        guard let archiveByteCount, !instances.isEmpty else { return nil }
        var isOrdered = true
        var last: Int64 = 0
        for instance in instances {
            guard let offset = instance.dataOffset, let byteCount = instance.byteCount else { return nil }
            // Checked against the archive before anything is added: offsets come from the network.
            guard byteCount >= 0, offset >= Self.blockByteCount, offset % Self.blockByteCount == 0,
                offset <= archiveByteCount, byteCount <= archiveByteCount - offset
            else { return nil }
            if offset < last { isOrdered = false }
            last = offset
        }
        let located = isOrdered ? instances : instances.sorted { $0.dataOffset ?? 0 < $1.dataOffset ?? 0 }

        var entries: [Entry] = []
        entries.reserveCapacity(located.count)
        var start: Int64 = 0
        for instance in located {
            guard let offset = instance.dataOffset, let byteCount = instance.byteCount, offset - start >= Self.blockByteCount
            else {
                return nil
            }
            let end = min(Self.roundedUp(offset + byteCount), archiveByteCount)
            entries.append(
                Entry(
                    instance: instance, range: start..<end,
                    mayHoldUnlisted: offset - start > Self.largestHeaderByteCount))
            start = end
        }
        self.entries = entries
        tail = start..<archiveByteCount
    }

    private static func roundedUp(_ byteCount: Int64) -> Int64 {
        (byteCount + blockByteCount - 1) / blockByteCount * blockByteCount
    }
}

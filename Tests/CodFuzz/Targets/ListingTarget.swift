import CodCore
import Foundation

@testable import CodTransport

extension FuzzTarget {
    /// Pages of a listing, one after the other; a byte 1E parts them.
    ///
    /// Names begin as was asked for and come once, counts are none below zero, and a listing ends when its last page says so.
    static let listing = FuzzTarget(
        name: "listing", seeds: listingSeeds, words: listingWords, maximumByteCount: 4 << 10,
        run: { input in
            let prefix = ["studies/1/series/", "a/dicomweb/studies/1/series/", "studies/", ""][Int(input.mode % 4)]
            var turner = PageTurner(Listing(prefix: prefix, isByFolder: input.mode & 4 != 0))
            var hasher = Hasher()
            for json in input.payload.split(separator: 0x1E, omittingEmptySubsequences: false) where !turner.isComplete {
                guard let page = try? ListingPage(json: Data(json)) else {
                    hasher.combine(1)
                    continue
                }
                do {
                    try turner.received(page)
                    try Finding.check(
                        turner.isComplete == (page.nextPageToken == nil), "The last page is not where it is said to be.")
                } catch let error as CodError {
                    try Finding.check(message: error)
                    try Finding.check(error.code == .protocolViolation, "A listing fails with \(error.code).")
                    return outcomeKind(error.code, error.message)
                }
                hasher.combine(magnitude(page.objects.count))
                hasher.combine(magnitude(page.folders.count))
                hasher.combine(page.nextPageToken == nil)
                hasher.combine(page.objects.first.map { [$0.byteCount == nil, $0.generation == nil, $0.checksum == nil] })
            }
            try check(turner, prefix)
            return hasher.finalize()
        })

    private static func check(_ turner: PageTurner, _ prefix: String) throws(Finding) {
        let names = turner.objects.map(\.name) + turner.folders
        try Finding.check(Set(names.map { Array($0.utf8) }).count == names.count, "A name is listed twice.")
        for name in names {
            try Finding.check(name.utf8.starts(with: prefix.utf8), "The name \(name) was not asked for.")
        }
        for object in turner.objects {
            try Finding.check((object.byteCount ?? 0) >= 0, "The object \(object.name) has \(object.byteCount ?? 0) bytes.")
            try Finding.check((object.generation ?? 0) >= 0, "A generation is \(object.generation ?? 0).")
            // What the catalog does with a name: it must cope with any.
            if let path = name(object.name, below: prefix) { _ = SeriesID(objectPath: path) }
        }
    }

    private static func name(_ name: String, below prefix: String) -> Substring? {
        name.hasPrefix("a/dicomweb/") ? name.dropFirst("a/dicomweb/".count) : name[...]
    }
}

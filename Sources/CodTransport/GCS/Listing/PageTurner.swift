import CodCore

/// Puts the pages of a listing together. A state machine: pages in, the next page's token out.
///
/// A page may be empty and still not be the last. A folder or name that comes twice counts once. Names are the same when their bytes
/// are: to a store, two ways to write an é are two names.
struct PageTurner {
    /// Pages of a listing at most; a server that has more is taken to run in circles.
    static let maximumPageCount = 100_000
    /// Names of a listing at most, so that no server can fill the memory.
    static let maximumNameCount = 2_000_000

    private(set) var objects: [ListingPage.Object] = []
    private(set) var folders: [String] = []
    /// The token of the page to ask for; `nil` for the first.
    private(set) var pageToken: String?
    private(set) var isComplete = false
    private let listing: Listing
    private var seenNames = Set<String>()
    private var seenTokens = Set<String>()

    init(_ listing: Listing) {
        self.listing = listing
    }

    /// Takes the page that ``pageToken`` asked for.
    mutating func received(_ page: ListingPage) throws(CodError) {
        for object in page.objects {
            try check(object.name)
            if seenNames.insert(Self.key(of: object.name)).inserted { objects.append(object) }
        }
        for folder in page.folders {
            try check(folder)
            if seenNames.insert(Self.key(of: folder)).inserted { folders.append(folder) }
        }
        guard seenNames.count <= Self.maximumNameCount else {
            throw violation("has more than \(Self.maximumNameCount) names")
        }
        guard let next = page.nextPageToken else {
            isComplete = true
            return
        }
        guard seenTokens.insert(next).inserted else { throw violation("came to the same page twice") }
        guard seenTokens.count < Self.maximumPageCount else {
            throw violation("has more than \(Self.maximumPageCount) pages")
        }
        pageToken = next
    }

    private func check(_ name: String) throws(CodError) {
        guard name.utf8.starts(with: listing.prefix.utf8) else {
            throw violation("holds “\(name.prefix(200).printable)”, which was not asked for")
        }
    }

    /// A text that is equal to another's only where the names' bytes are.
    private static func key(of name: String) -> String {
        name.utf8.allSatisfy { $0 < 0x80 } ? name : ObjectName.segment(name)
    }

    private func violation(_ problem: String) -> CodError {
        CodError(
            .protocolViolation, "The listing of “\(listing.prefix.prefix(300).printable)” \(problem).",
            recovery: "Check the storage endpoint, and what stands between here and there.", reach: .study)
    }
}

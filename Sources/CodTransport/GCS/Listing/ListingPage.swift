import CodCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One page of a listing, as the JSON API answers it (`storage#objects`).
///
/// Lists that are empty may be absent or `null`. Integers of 64 bits are texts; some stand-ins for the service write numbers.
struct ListingPage: Equatable {
    /// The largest page that is read, in bytes. A page of 1,000 objects has about 0.3 MB.
    static let maximumByteCount = 64 << 20

    var objects: [Object] = []
    var folders: [String] = []
    /// What asks for the next page; `nil` on the last.
    var nextPageToken: String?

    struct Object: Equatable {
        let name: String
        let byteCount: Int64?
        let generation: Int64?
        let checksum: CRC32C?
    }

    /// Reads a page. Throws what `JSONDecoder` throws.
    init(json: Data) throws {
        let page = try JSONDecoder().decode(Wire.self, from: json)
        objects = (page.items ?? []).map { item in
            Object(
                name: item.name, byteCount: item.size?.value, generation: item.generation?.value,
                checksum: item.crc32c.flatMap { CRC32C(base64: $0) })
        }
        folders = page.prefixes ?? []
        nextPageToken = page.nextPageToken.flatMap { $0.isEmpty ? nil : $0 }
    }

    init(objects: [Object] = [], folders: [String] = [], nextPageToken: String? = nil) {
        self.objects = objects
        self.folders = folders
        self.nextPageToken = nextPageToken
    }
}

/// The page as it is written.
private struct Wire: Decodable {
    let items: [Item]?
    let prefixes: [String]?
    let nextPageToken: String?

    struct Item: Decodable {
        let name: String
        let size: Count?
        let generation: Count?
        let crc32c: String?
    }

    /// A count of 0 or more, as a text or a number; anything else counts as absent.
    struct Count: Decodable {
        let value: Int64?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let number = (try? container.decode(String.self)).flatMap { Int64($0) } ?? (try? container.decode(Int64.self))
            value = number.flatMap { $0 < 0 ? nil : $0 }
        }
    }
}

import CodCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The folder of the zips: a folder for each study, called by a digest, so that no name comes from a caller and none differs by case alone.
struct ZipCache: Sendable {
    let folder: String

    private var trash: String { "\(folder)/trash" }

    /// Where a study's zip is made and kept.
    func folder(of key: String) -> String { "\(folder)/zips/\(key)" }

    /// What a study is known by.
    static func key(of study: String) -> String {
        var digest = RunningSHA256()
        digest.update(ByteChunk(study.utf8))
        return digest.hexDigest
    }

    /// Makes the folder, clears away what a killed service left half done, and answers what is there, the oldest first. Blocks.
    func open() throws -> [(key: String, byteCount: Int64)] {
        let files = FileManager.default
        try? files.removeItem(atPath: trash)
        try files.createDirectory(atPath: trash, withIntermediateDirectories: true)
        try files.createDirectory(atPath: folder(of: ""), withIntermediateDirectories: true)
        var found: [(key: String, byteCount: Int64, date: Date)] = []
        for key in try files.contentsOfDirectory(atPath: folder(of: "")) {
            let names = (try? files.contentsOfDirectory(atPath: folder(of: key))) ?? []
            let path = "\(folder(of: key))/\(names.first ?? "")"
            guard names.count == 1, path.hasSuffix(".zip"), let zip = try? OpenZip(at: path) else {
                try? files.removeItem(atPath: folder(of: key))
                continue
            }
            let date = (try? files.attributesOfItem(atPath: path))?[.modificationDate] as? Date
            found.append((key, zip.byteCount, date ?? .distantPast))
        }
        return found.sorted { $0.date < $1.date }.map { ($0.key, $0.byteCount) }
    }

    /// Takes studies out of the way at once, by a rename, so that the next retrieval of one begins with nothing. Answers where they are.
    func discard(_ keys: [String]) -> [String] {
        keys.compactMap { key in
            let place = "\(trash)/\(key).\(UInt64.random(in: .min ... .max))"
            return (try? FileManager.default.moveItem(atPath: folder(of: key), toPath: place)) == nil ? nil : place
        }
    }

    /// Frees the room of what was discarded. Blocks for as long as a disk takes.
    func empty(_ places: [String]) {
        for place in places { try? FileManager.default.removeItem(atPath: place) }
    }
}

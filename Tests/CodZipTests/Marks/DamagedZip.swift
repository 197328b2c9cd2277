import CodCore
import Foundation
import Synchronization
import SystemPackage
import TestSupport

@testable import CodZip

/// A zip that tests damage and verify.
struct DamagedZip {
    let folder: TemporaryFolder
    var name = "1.2.3.zip"

    var path: String { folder["zips/\(name)"] }
    var mark: String { folder["zips/.\(name).damaged"] }

    /// The names beside the zip.
    var names: [String] { folder.names(in: "zips") }

    func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

    /// Writes other bytes. Each time it is another zip: some file systems tell times to several milliseconds only.
    func write(_ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: path))
        let number = Self.writeCount.add(1, ordering: .relaxed).newValue
        let date = Date(timeIntervalSince1970: 1_000_000_000 + Double(number))
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    }

    private static let writeCount = Atomic(0)

    /// Changes a bit in the middle of an entry's bytes, or of its record where it has none.
    func damage(_ entryNames: String...) throws {
        var bytes = try bytes()
        let read = bytes
        let directory = try ZipDirectory(ofZipWith: Int64(bytes.count)) { ByteChunk(read[Int($0)..<Int($0) + $1]) }
        for place in directory.places where entryNames.contains(place.entry.name) {
            let head = Int(place.offset)
            let start = head + 30 + Int(bytes[head + 26]) + Int(bytes[head + 28])
            bytes[place.entry.packedByteCount == 0 ? head + 14 : start + Int(place.entry.packedByteCount) / 2] ^= 4
        }
        try write(bytes)
    }

    func verify() async throws -> (report: ZipVerification.Report, findings: [ZipVerification.Finding]) {
        try await ZipVerification(of: path, laneCount: 2).all()
    }

    /// What the mark says of the zip that is there.
    func marked() throws -> Set<String> {
        let opened = try OpenFile.folder(at: folder["zips"])
        guard let status = try opened.status(of: name) else { return [] }
        return try DamageMark.names(in: name, with: status, in: opened) { _ in true }
    }
}

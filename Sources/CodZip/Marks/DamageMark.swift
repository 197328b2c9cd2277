import CodCore
import SystemPackage

/// The mark beside a zip of which entries are damaged: `.<study>.zip.damaged`. See ``ZipDamage``. Every call blocks on the disk.
///
/// A verification writes it (``DamageNotes``). What it names does not count as saved, and goes into no zip; it goes when a new zip
/// has its name, or a verification finds the zip whole.
enum DamageMark {
    static func name(for zip: String) -> String { ".\(zip).damaged" }

    /// What of a zip is damaged, of the entries that `isEntry` knows. Nothing where there is no mark of this very zip.
    static func names(
        in zip: String, with status: FileStatus, in folder: OpenFile, where isEntry: @escaping (String) -> Bool
    ) throws(Errno) -> Set<String> {
        guard try folder.status(of: name(for: zip))?.kind == .file else { return [] }
        let file: OpenFile
        do { file = try folder.openReading(name(for: zip)) } catch .noSuchFileOrDirectory { return [] }
        let damage = try read(file, where: isEntry)
        return damage.zip == ZipDamage.Zip(status) ? damage.names : []
    }

    /// Reads a mark.
    static func read(_ file: OpenFile, where isEntry: @escaping (String) -> Bool) throws(Errno) -> ZipDamage {
        var damage = ZipDamage(of: isEntry)
        var offset: Int64 = 0
        while true {
            let chunk = try file.readChunk(at: offset, byteCount: 1 << 16)
            if chunk.count == 0 { return damage }
            offset += Int64(chunk.count)
            damage.push(chunk)
        }
    }

    /// Removes the mark of a zip whose place another one has taken. What cannot be removed is of another zip than the one that is there.
    static func remove(for zip: String, in folder: OpenFile) { try? folder.removeFile(name(for: zip)) }

    /// Removes a mark that is not of the zip which is there: who made that was killed before it removed it.
    static func removeStale(for zip: String, in folder: OpenFile) {
        guard let file = try? folder.openReading(name(for: zip)), let damage = try? read(file, where: { _ in false }),
            let status = try? folder.status(of: zip), damage.zip != ZipDamage.Zip(status)
        else { return }
        remove(for: zip, in: folder)
    }
}

extension ZipDamage.Zip {
    init(_ status: FileStatus) { self.init(byteCount: status.byteCount, modifiedAt: status.modifiedAt) }
}

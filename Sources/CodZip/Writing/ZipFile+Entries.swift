import CodCore
import SystemPackage

extension ZipFile {
    /// Writes an entry to its place: its record, and what it is packed to.
    func write(_ packed: EntryPacker.Packed, at place: ZipLayout.Place) throws(Errno) {
        try write(ZipRecord.local(place.entry), at: place.offset)
        let start = place.dataOffset
        try packed.withBytes { (bytes) throws(Errno) in try write(bytes, at: start) }
    }
}

internal import CodCore

/// An instance in a plan's file. What is usual, or not known, is left out.
struct InstanceRecord: Codable, Sendable {
    let uid: String
    let size: Int64?
    /// Of its file, in base64 as the store has it.
    let crc32c: String?
    /// Where its first byte lies in the archive.
    let offset: Int64?
    /// The name of its entry, where that is not `instances/<uid>.dcm`.
    let name: String?
    /// Its address, where the archive's does not make it up.
    let uri: String?

    init(_ instance: PlannedInstance) {
        uid = instance.uid
        // What cannot be one says nothing.
        size = Self.possible(instance.byteCount)
        crc32c = instance.checksum?.base64
        offset = Self.possible(instance.dataOffset)
        name = instance.entryName
        uri = Self.address(instance.uri)
    }

    private static func possible(_ byteCount: Int64?) -> Int64? {
        byteCount.flatMap { PlanLimits.sizes.contains($0) ? $0 : nil }
    }

    /// About how many bytes of a line it takes.
    var byteCount: Int { 80 + uid.utf8.count + (name?.utf8.count ?? 0) + (uri?.utf8.count ?? 0) }

    /// The instance, each of its values looked at.
    func checked(isWanted: Bool) throws(PlanProblem) -> PlannedInstance {
        if let problem = UIDText.problem(with: uid) {
            throw PlanProblem("\(EntryName.printable(uid)) is no instance: \(problem)")
        }
        if let size, !PlanLimits.sizes.contains(size) {
            throw PlanProblem("the instance \(uid) has \(size) bytes, which none has")
        }
        if let offset, !PlanLimits.sizes.contains(offset) {
            throw PlanProblem("the instance \(uid) begins at byte \(offset), which no archive has")
        }
        return PlannedInstance(
            uid: uid, byteCount: size, checksum: try Self.checksum(crc32c), dataOffset: offset, entryName: name, uri: uri,
            isWanted: isWanted)
    }

    static func checksum(_ text: String?) throws(PlanProblem) -> CRC32C? {
        guard let text else { return nil }
        guard let checksum = CRC32C(base64: text) else {
            throw PlanProblem("the crc32c \(EntryName.printable(text)) is not base64 of four bytes")
        }
        return checksum
    }

    /// An address without anything that may be a secret; `nil` where there may be one.
    static func address(_ uri: String?) -> String? {
        guard let uri, !uri.utf8.contains(where: { "?#@".utf8.contains($0) }) else { return nil }
        return uri
    }
}

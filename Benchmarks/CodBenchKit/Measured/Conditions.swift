/// What a scenario was measured on. Figures of different conditions are not compared.
package struct Conditions: Sendable, Hashable, Codable {
    package let processor: String
    package let coreCount: Int
    package let memoryByteCount: Int64
    /// Name and release.
    package let system: String
    /// What the data lay on.
    package let fileSystem: String
    /// What the peers say of themselves, in order.
    package let peers: [String]

    package init(
        processor: String, coreCount: Int, memoryByteCount: Int64, system: String, fileSystem: String, peers: [String]
    ) {
        (self.processor, self.coreCount, self.memoryByteCount) = (processor, coreCount, memoryByteCount)
        (self.system, self.fileSystem, self.peers) = (system, fileSystem, peers)
    }
}

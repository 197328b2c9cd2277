import CCodSystem
import CodCore

/// Asks the system's resolver, as every connection does.
package enum Resolver {
    /// The addresses of a host, each once, in the resolver's order. Throws ``CodError/Code/unreachable`` when there are none.
    package static func addresses(of host: String) async throws -> [String] {
        try await offTaskThreads {
            var text = [CChar](repeating: 0, count: 4096)
            let size = text.count
            let count = text.withUnsafeMutableBufferPointer { cod_resolve(host, $0.baseAddress, size) }
            let lines = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard count > 0 else {
                throw CodError(
                    .unreachable, "The name “\(host.prefix(200).printable)” cannot be resolved (DNS): \(lines.printable).",
                    recovery: "Check the name of the storage endpoint, the network, and the name servers.", reach: .job)
            }
            var seen = Set<Substring>()
            return lines.split(separator: "\n").filter { seen.insert($0).inserted }.map(String.init)
        }
    }
}

internal import CCodSystem
internal import CodCore
internal import SystemPackage

/// Who holds a lock, as a lock file says it while it is held: `process 1234 on host`.
struct LockHolder: Hashable, Sendable {
    static let maximumByteCount = 128

    let process: Int
    /// The name of its machine; empty where that cannot be told.
    let host: String

    /// This process.
    static var current: LockHolder {
        var name = [CChar](repeating: 0, count: 64)
        let isNamed = cod_host_name(&name, name.count) == 0
        let host = isNamed ? String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
        return LockHolder(process: Int(cod_process()), host: host.utf8.allSatisfy(isPart(ofName:)) ? host : "")
    }

    var title: String { host.isEmpty ? "process \(process)" : "process \(process) on \(host)" }

    init(process: Int, host: String) {
        (self.process, self.host) = (process, host)
    }

    /// Reads a lock file's text; `nil` when it names nobody. Anybody may have written it.
    init?(_ text: some StringProtocol) {
        let words = text.split(separator: "\n", omittingEmptySubsequences: false).first?.split(separator: " ") ?? []
        guard words.count == 2 || words.count == 4 && words[2] == "on", words[0] == "process", let process = Int(words[1]),
            process > 0
        else { return nil }
        let host = words.count == 4 ? String(words[3]) : ""
        guard host.utf8.allSatisfy(Self.isPart(ofName:)) else { return nil }
        self.init(process: process, host: host)
    }

    /// Reads who has written into a lock file.
    init?(in file: OpenFile) {
        guard let chunk = try? file.readChunk(at: 0, byteCount: Self.maximumByteCount) else { return nil }
        self.init(chunk.withBytes { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } })
    }

    /// Says it in a lock file, which must be locked. Where that cannot be written nobody is named.
    func note(in file: OpenFile) {
        Self.clear(file)
        try? file.writeAll(ByteChunk("\(title)\n".utf8))
    }

    /// Takes back what was said, before the lock is given up.
    static func clear(_ file: OpenFile) {
        try? file.descriptor.resize(to: 0)
    }

    private static func isPart(ofName byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

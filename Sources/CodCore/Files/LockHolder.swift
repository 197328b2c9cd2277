internal import CCodSystem

/// A process that holds a lock, as messages and lock files name it: `process 1234 on host`.
package struct LockHolder: Hashable, Sendable {
    package let process: Int
    /// The name of its machine; empty where that cannot be told.
    package let host: String

    /// What cannot be the name of a machine counts as none.
    package init(process: Int, host: String) {
        self.process = process
        self.host = Self.isHostName(host) ? host : ""
    }

    /// This process.
    package static var current: LockHolder {
        var name = [CChar](repeating: 0, count: maximumHostByteCount + 1)
        let isNamed = cod_host_name(&name, name.count) == 0
        let host = isNamed ? String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
        return LockHolder(process: Int(cod_process()), host: host)
    }

    package var title: String { host.isEmpty ? "process \(process)" : "process \(process) on \(host)" }

    /// Whether a text can be the name of a machine: letters, digits, `.`, `-`, `_`, as long as systems allow.
    package static func isHostName(_ text: String) -> Bool {
        text.utf8.count <= maximumHostByteCount && text.utf8.allSatisfy(isPart(ofName:))
    }

    private static let maximumHostByteCount = 64

    private static func isPart(ofName byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

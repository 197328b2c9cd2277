import CCodSystem

/// The process that fills a zip.
struct ZipHolder: Hashable, Sendable {
    let process: Int64
    /// The name of its machine; empty where that cannot be told.
    let host: String

    init(process: Int64, host: String) {
        self.process = process
        self.host = host.utf8.count <= 64 && host.utf8.allSatisfy(Self.isPart(ofName:)) ? host : ""
    }

    /// This process.
    static var current: ZipHolder {
        var name = [CChar](repeating: 0, count: 65)
        let isNamed = cod_host_name(&name, name.count) == 0
        let host = isNamed ? String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
        return ZipHolder(process: cod_process(), host: host)
    }

    var title: String { host.isEmpty ? "process \(process)" : "process \(process) on \(host)" }

    private static func isPart(ofName byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

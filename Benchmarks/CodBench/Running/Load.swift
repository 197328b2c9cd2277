import CodBenchKit

/// How much a scenario takes through.
struct Load: Hashable {
    enum Unit: String {
        case megabytes = "MB"
        case instances, series, runs
    }

    let count: Int
    let unit: Unit

    static func megabytes(_ count: Int) -> Load { Load(count: count, unit: .megabytes) }
    static func instances(_ count: Int) -> Load { Load(count: count, unit: .instances) }
    static func series(_ count: Int) -> Load { Load(count: count, unit: .series) }
    static func runs(_ count: Int) -> Load { Load(count: count, unit: .runs) }

    /// As a run wants it: `megabytes` in place of its own where it is counted in those, then a tenth if it is to be quick.
    func scaled(megabytes: Int?, isQuick: Bool) -> Load {
        let wanted = unit == .megabytes ? megabytes ?? count : count
        return Load(count: isQuick ? max(wanted / 10, 1) : wanted, unit: unit)
    }

    /// Of a load in megabytes.
    var byteCount: Int { count * 1_000_000 }

    var text: String { "\(NumberText.count(Double(count))) \(unit.rawValue)" }
}

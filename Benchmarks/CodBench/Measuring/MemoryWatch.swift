import CodBenchKit

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Looks at a process and its children while they run, on Linux.
///
/// The peak that the system tells of a child is no use there: it is at least that of the process that started it.
enum MemoryWatch {
    /// Looks until it is cancelled, at the sums over all processes that live at a time.
    @concurrent static func curve(ofProcess identifier: pid_t) async -> MemoryCurve {
        var curve = MemoryCurve()
        #if os(Linux)
            while !Task.isCancelled {
                let (resident, peak) = byteCounts(ofTree: "\(identifier)")
                curve.add(residentByteCount: resident, peakByteCount: peak)
                try? await Task.sleep(for: .milliseconds(10))
            }
        #endif
        return curve
    }

    private static func byteCounts(ofTree identifier: String) -> (resident: Int64, peak: Int64) {
        let children = FileText.content(of: "/proc/\(identifier)/task/\(identifier)/children").split(separator: " ")
        return children.reduce(byteCounts(of: identifier)) { sum, child in
            let own = byteCounts(ofTree: String(child))
            return (sum.resident + own.resident, sum.peak + own.peak)
        }
    }

    private static func byteCounts(of identifier: String) -> (resident: Int64, peak: Int64) {
        let lines = FileText.content(of: "/proc/\(identifier)/status").split(separator: "\n")
        func value(_ name: String) -> Int64 {
            guard let line = lines.first(where: { $0.hasPrefix(name) }) else { return 0 }
            return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int64($0) }.map { $0 * 1024 } ?? 0
        }
        return (value("VmRSS:"), value("VmHWM:"))
    }
}

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
    /// Looks until it is cancelled. Answers the greatest sum of what the processes that lived at a time had held at most.
    @concurrent static func peakByteCount(ofProcess identifier: pid_t) async -> Int64 {
        var peak: Int64 = 0
        #if os(Linux)
            while !Task.isCancelled {
                peak = max(peak, byteCount(ofTree: "\(identifier)"))
                try? await Task.sleep(for: .milliseconds(10))
            }
        #endif
        return peak
    }

    private static func byteCount(ofTree identifier: String) -> Int64 {
        let children = FileText.content(of: "/proc/\(identifier)/task/\(identifier)/children").split(separator: " ")
        return children.reduce(byteCount(of: identifier)) { $0 + byteCount(ofTree: String($1)) }
    }

    private static func byteCount(of identifier: String) -> Int64 {
        let lines = FileText.content(of: "/proc/\(identifier)/status").split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("VmHWM:") }) else { return 0 }
        return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int64($0) }.map { $0 * 1024 } ?? 0
    }
}

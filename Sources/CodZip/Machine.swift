#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How many cores there are for this process.
func availableCoreCount() -> Int { ProcessInfo.processInfo.activeProcessorCount }

extension ZipTime {
    /// This moment.
    static var now: ZipTime { ZipTime(secondsSince1970: Int64(Date().timeIntervalSince1970)) }
}

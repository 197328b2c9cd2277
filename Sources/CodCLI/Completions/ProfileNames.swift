#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The names of profiles, for a shell that completes them.
enum ProfileNames {
    /// None where there is no configuration file that can be read: a shell has no use for an error.
    static func all() -> [String] {
        let config = try? Config.find(environment: ProcessInfo.processInfo.environment)
        return config?.profiles.keys.sorted() ?? []
    }
}

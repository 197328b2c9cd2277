import SystemPackage

import enum NIOCore.System

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Room for files and sockets that may be opened yet.
///
/// An event loop needs three descriptors, and NIO ends the process when it does not get them, so they are looked for before.
enum SpareDescriptors {
    /// How many there should be when a loop is made: its own, and what is opened meanwhile.
    static let loopMinimumCount = 16
    /// What a lane has open at a time: its loop, two sockets, files and folders.
    private static let laneCount = 10
    /// What is open beside lanes: standard streams, connections for metadata, records.
    private static let otherCount = 32

    /// How many lanes can have a loop of their own, of so many wanted; at least 1.
    static func loopCount(wanted: Int, limit: Int, coreCount: Int) -> Int {
        // NIO's shared loops are one a core.
        max(1, min(wanted, (limit - otherCount - 3 * coreCount) / laneCount))
    }

    /// How many lanes can have a loop of their own in this process, of so many wanted; at least 1.
    static func loopCount(wanted: Int) -> Int {
        let limit = sysconf(Int32(_SC_OPEN_MAX))
        return loopCount(wanted: wanted, limit: limit < 0 ? .max : limit, coreCount: System.coreCount)
    }

    /// Whether so many more files can be opened right now.
    static func areThere(_ count: Int) -> Bool {
        var opened: [FileDescriptor] = []
        defer { for descriptor in opened { try? descriptor.close() } }
        while opened.count < count {
            guard let descriptor = try? FileDescriptor.open("/dev/null", .readOnly) else { return false }
            opened.append(descriptor)
        }
        return true
    }
}

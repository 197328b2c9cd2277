import SystemPackage

/// Room for files and sockets that may be opened yet.
enum SpareDescriptors {
    /// How many there should be before a thread with an event loop is made: it needs three of them, and NIO ends the process when
    /// it does not get them. The others are for what is opened meanwhile.
    static let loopCount = 16

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

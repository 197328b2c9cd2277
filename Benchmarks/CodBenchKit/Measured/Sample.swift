/// One run of one contender.
package struct Sample: Sendable, Hashable, Codable {
    package var wallSeconds: Double
    /// Of the process and all its children, user and system.
    package var cpuSeconds: Double
    /// The most memory that its processes held at a time, added up; 0 when that is not known.
    package var peakByteCount: Int64 = 0
    package var exitCode: Int32 = 0
    /// How many bytes the files have that it left; 0 when nobody looked.
    package var outputByteCount: Int64 = 0

    package init(wallSeconds: Double, cpuSeconds: Double) {
        (self.wallSeconds, self.cpuSeconds) = (wallSeconds, cpuSeconds)
    }
}

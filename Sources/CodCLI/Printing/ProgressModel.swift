import CodCore
import CodSink

/// What a progress display shows: events and the time go in, a line of text comes out. Pure.
struct ProgressModel {
    /// Whether it is known how much there is to do.
    private var hasPlan = false
    private var totalByteCount: Int64 = 0
    private var receivedByteCount: Int64 = 0
    private var seriesCount = 0
    private var endedSeries = Set<String>()
    /// How far a verification is; it counts instances in place of series.
    private var verification: VerificationProgress?
    private var failedCount = 0
    /// Bytes a second, smoothed over some seconds.
    private var rate = 0.0
    private var lastSample: (time: Duration, byteCount: Int64) = (.zero, 0)
    /// Whether studies are zipped when they are saved.
    private let isZipping: Bool

    init(isZipping: Bool = false) {
        self.isZipping = isZipping
    }

    /// Takes an event.
    mutating func note(_ event: RetrievalEvent) {
        switch event {
        case .plan(let stats):
            hasPlan = true
            totalByteCount = stats.transferSizeBytes
            seriesCount = stats.series.count
        case .progress(let fields): receivedByteCount += fields.bytesDownloaded
        case .extract(let fields): endedSeries.insert(fields.url)
        case .error(let fields):
            if fields.error.code != .limitReached { failedCount += 1 }
            if let url = fields.url { endedSeries.insert(url) }
        default: break
        }
    }

    /// Takes an event of a verification.
    mutating func note(_ event: VerificationEvent) {
        switch event {
        case .plan(let plan):
            hasPlan = true
            totalByteCount = plan.bytes
            verification = VerificationProgress(plan)
        case .progress(let progress):
            verification = progress
            receivedByteCount = progress.bytesRead
        case .finding(let finding): failedCount += finding.kind.isFailure ? 1 : 0
        case .error: failedCount += 1
        default: break
        }
    }

    /// What there is to say at a time since the start, without a bar: series done, bytes, rate, time left.
    mutating func text(at now: Duration) -> String {
        guard hasPlan else { return "looking at what is there" }
        sample(at: now)
        var parts = [done, "\(Amount.bytes(received)) of \(Amount.bytes(totalByteCount))"]
        if isZipping, endedSeries.count >= seriesCount {
            parts.append("zipping")
        } else if rate > 0 {
            parts.append("\(Amount.bytes(Int64(rate)))/s")
            parts.append("\(Amount.time(seconds: Double(totalByteCount - received) / rate)) left")
        }
        if failedCount > 0 { parts.append("\(failedCount) failed") }
        return parts.joined(separator: "  ")
    }

    /// The same with a bar in front, where there is room for one, in fewer than `width` characters.
    mutating func line(at now: Duration, width: Int) -> String {
        let text = text(at: now)
        let barWidth = min(width - text.count - 8, 30)
        guard hasPlan, barWidth >= 8 else { return String(text.prefix(max(width - 1, 0))) }
        let share = totalByteCount > 0 ? Double(received) / Double(totalByteCount) : 0
        let filled = Int(share * Double(barWidth))
        let percent = String(Int(share * 100))
        return String(repeating: "█", count: filled) + String(repeating: "░", count: barWidth - filled)
            + String(repeating: " ", count: 4 - percent.count) + percent + "%  " + text
    }

    private var done: String {
        if let verification { return "\(verification.instances)/\(verification.instancesTotal) instances" }
        return "\(endedSeries.count)/\(seriesCount) series"
    }

    /// Retries may bring more bytes than were planned; a display never shows more than all.
    private var received: Int64 { min(receivedByteCount, totalByteCount) }

    private mutating func sample(at now: Duration) {
        let seconds = (now - lastSample.time) / .seconds(1)
        guard seconds >= 0.5 else { return }
        let current = Double(receivedByteCount - lastSample.byteCount) / seconds
        // The older a sample, the less it counts; three seconds halve it or so.
        let weight = rate == 0 ? 1 : min(seconds / 4, 1)
        rate += (current - rate) * weight
        lastSample = (now, receivedByteCount)
    }
}

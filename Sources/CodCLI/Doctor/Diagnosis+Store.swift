import CodCore

/// What the store's answers come to. Pure.
extension Diagnosis {
    static func listing(_ count: Int, _ what: String, goesOn: Bool, seconds: Double) -> Diagnosis {
        let measures = ["seconds": seconds, "count": Double(count)]
        let message = "\(Amount.count(count, what))\(goesOn ? " on the first page" : "") in \(Amount.brief(seconds: seconds))"
        return seconds >= 5
            ? .warning(
                .listing, message, "The store or the way there is slow: planning of many studies will take long.", measures)
            : .ok(.listing, message, measures)
    }

    static func metadata(_ series: SeriesPlan, seconds: Double) -> Diagnosis {
        let measures = ["seconds": seconds, "instanceCount": Double(series.instances.count)]
        let message =
            "the series \(series.id.series) lists \(Amount.count(series.instances.count, "instance")), in \(Amount.brief(seconds: seconds))"
        let unchecked = series.instances.filter { $0.checksum == nil }.count
        if unchecked > 0 {
            return .warning(
                .metadata, "\(message); \(unchecked) of them have no checksum",
                "They are compared by the archive's checksum, where the store lists one, and with all of it.", measures)
        }
        return .ok(.metadata, message, measures)
    }

    /// - Parameters:
    ///   - status: of the answer to a request for a range; `nil` for a folder.
    ///   - isVerified: whether the instance's bytes were compared with a checksum.
    static func read(
        _ byteCount: Int64, status: Int?, namesGeneration: Bool, isPinned: Bool, isVerified: Bool, seconds: Double
    ) -> Diagnosis {
        let measures = ["seconds": seconds, "bytes": Double(byteCount)]
        let check = isVerified ? "its crc32c is right" : "its metadata has no crc32c to compare"
        let message = "an instance of \(Amount.bytes(byteCount)) in \(Amount.brief(seconds: seconds)); \(check)"
        if let status, status != 206 {
            return .warning(
                .read, "\(message); the answer to a range was \(status), and not 206",
                "The store, or a proxy on the way, ignores ranges: resuming and slices fetch too much.", measures)
        }
        if status != nil, !(namesGeneration && isPinned) {
            return .warning(
                .read, "\(message); the store names no generation",
                "A change of an archive in mid-run is seen by its checksums alone.", measures)
        }
        return .ok(.read, message, measures)
    }

    /// - Parameter before: what one stream brought, where this is of several.
    static func stream(
        _ check: Check, _ byteCount: Int64, seconds: Double, before: Double? = nil, isFolder: Bool = false
    ) -> Diagnosis {
        let rate = seconds > 0 ? Double(byteCount) / seconds : 0
        let measures = ["bytes": Double(byteCount), "seconds": seconds, "bytesPerSecond": rate]
        let message = "\(Amount.bytes(Int64(rate)))/s (\(Amount.bytes(byteCount)) in \(Amount.brief(seconds: seconds)))"
        let perHundred = rate > 0 ? ": 100 GB take \(Amount.time(seconds: 100e9 / rate))" : ""
        guard rate > 0 else {
            return .failed(
                check,
                CodError(
                    .timedOut, "No byte of an archive came in \(Amount.brief(seconds: seconds)).",
                    recovery: "Check the network; --timeout waits longer.", reach: .job))
        }
        // Of less than this a measurement says nothing.
        guard byteCount >= 4 << 20 else { return .ok(check, "\(message); too little to judge by", measures) }
        if check == .eightStreams, rate < 1_000_000 {
            return .warning(check, "\(message)\(perHundred)", "The link is slow; try another network.", measures)
        }
        guard check == .eightStreams, let before, before > 0, !isFolder else { return .ok(check, message, measures) }
        let gain = rate / before
        let advice =
            gain >= 4
            ? "; each stream adds: more --jobs may bring more"
            : gain < 1.3 ? "; one stream fills the link, and more --jobs bring nothing" : ""
        return .ok(check, "\(message)\(perHundred)\(advice)", measures)
    }
}

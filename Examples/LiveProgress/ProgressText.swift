/// The model in lines of text, as a terminal of some size shows them.
struct ProgressText {
    /// How many characters a line, and how many lines at most.
    var width = 80
    var height = 24

    /// A line for the whole, one for each study that fits, and the last failures.
    func lines(of model: ProgressModel, at time: Duration) -> [String] {
        let savedCount = model.studies.count(where: \.isSaved)
        var head = ["\(savedCount) of \(model.studies.count) studies"]
        head.append("\(Self.amount(model.receivedByteCount)) of \(Self.amount(model.transferByteCount))")
        if let rate = model.bytesPerSecond(at: time) { head.append("\(Self.amount(Int64(rate)))/s") }
        if let left = model.timeLeft(at: time) { head.append("\(Self.span(left)) left") }
        if model.failureCount > 0 { head.append("\(model.failureCount) failed") }
        let problems = model.problems.map { "! \($0.place.isEmpty ? "" : "\($0.place): ")\($0.message)" }
        // Those that are under way come first; sorting keeps the plan's order among equals.
        let (open, ended) = (model.studies.filter { !$0.isSaved }, model.studies.filter(\.isSaved))
        var rows = (open + ended).map(row)
        let room = max(height - 2 - problems.count, 1)
        if rows.count > room { rows = rows.prefix(room - 1) + ["… and \(rows.count - room + 1) more"] }
        return ([head.joined(separator: " · ")] + rows + problems).map(fitted)
    }

    private func row(_ study: ProgressModel.Study) -> String {
        let count = "\(study.savedCount)/\(study.instanceCount)"
        let barWidth = 20
        let filled = Int(study.fraction * Double(barWidth))
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: barWidth - filled)
        let room = max(width - barWidth - count.count - 5, 8)
        let name = study.id.count > room ? "…\(study.id.suffix(room - 1))" : study.id
        return "[\(bar)] \(count)  \(name)"
    }

    /// Cut to the width; what would steer the terminal is taken out.
    private func fitted(_ line: String) -> String {
        let plain = String(line.map { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } ? "?" : $0 })
        return plain.count > width ? "\(plain.prefix(max(width - 1, 0)))…" : plain
    }

    /// A number of bytes in three digits, such as `1.25 GB`.
    static func amount(_ byteCount: Int64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var (value, unit) = (Double(max(byteCount, 0)), 0)
        while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
        if unit == 0 { return "\(Int(value)) B" }
        let places = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
        let scale = [1.0, 10, 100][places]
        let digits = String(Int((value * scale).rounded()))
        let point = places == 0 ? digits : "\(digits.dropLast(places)).\(digits.suffix(places))"
        return "\(point) \(units[unit])"
    }

    /// A time in its two largest units, such as `2 h 5 min`.
    static func span(_ duration: Duration) -> String {
        let seconds = min(max(Int(duration / .seconds(1)), 0), 359_999)
        if seconds >= 3600 { return "\(seconds / 3600) h \(seconds / 60 % 60) min" }
        return seconds >= 60 ? "\(seconds / 60) min \(seconds % 60) s" : "\(seconds) s"
    }
}

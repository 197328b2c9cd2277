/// A line of a plan's file: a JSON object whose `line` says what it is.
///
/// The order is: a header; each study, followed by its series, each of them followed by its portions and by the instances that nobody
/// wants; an end with the sums of all, so that a file that was cut off is known for one.
enum PlanLine: Codable, Sendable {
    case header(PlanHeader)
    case study(StudyLine)
    case series(SeriesLine)
    case portion(PortionLine)
    case others(OthersLine)
    case end(PlanTotals)

    private enum Key: String, CodingKey { case line }
    private enum Kind: String, Codable { case header, study, series, portion, others, end }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        guard let kind = Kind(rawValue: try fields.decode(String.self, forKey: .line)) else {
            throw PlanProblem("it is none of the kinds of line that a plan has")
        }
        self =
            switch kind {
            case .header: .header(try PlanHeader(from: decoder))
            case .study: .study(try StudyLine(from: decoder))
            case .series: .series(try SeriesLine(from: decoder))
            case .portion: .portion(try PortionLine(from: decoder))
            case .others: .others(try OthersLine(from: decoder))
            case .end: .end(try PlanTotals(from: decoder))
            }
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(kind, forKey: .line)
        switch self {
        case .header(let line): try line.encode(to: encoder)
        case .study(let line): try line.encode(to: encoder)
        case .series(let line): try line.encode(to: encoder)
        case .portion(let line): try line.encode(to: encoder)
        case .others(let line): try line.encode(to: encoder)
        case .end(let line): try line.encode(to: encoder)
        }
    }

    private var kind: Kind {
        switch self {
        case .header: .header
        case .study: .study
        case .series: .series
        case .portion: .portion
        case .others: .others
        case .end: .end
        }
    }
}

/// Begins a study.
struct StudyLine: Codable, Sendable {
    let study: String
    /// Why nothing of it can be retrieved.
    let failure: FailureRecord?
}

/// Some of the wanted instances of a portion. Those that do not fit follow on further lines.
struct PortionLine: Codable, Sendable {
    /// The bytes of the archive, first and end; `nil`: the archive is read by its headers.
    let start: Int64?
    let end: Int64?
    /// Whether it goes on with the portion of the line before.
    let isContinued: Bool?
    let instances: [InstanceRecord]
}

/// Instances that nobody wants of this plan: they tell where the entries of the others begin.
struct OthersLine: Codable, Sendable {
    let instances: [InstanceRecord]
}

/// The last line: what all lines before it come to.
struct PlanTotals: Codable, Sendable, Hashable {
    var studyCount = 0
    var seriesCount = 0
    var portionCount = 0
    /// The wanted instances.
    var instanceCount = 0
    /// Those that are listed and not wanted.
    var otherCount = 0
    /// The sizes of the wanted ones, added up, as far as they are known.
    var byteCount: Int64 = 0
}

extension PlanTotals: CustomStringConvertible {
    var description: String {
        "\(studyCount) studies, \(seriesCount) series, \(portionCount) portions, \(instanceCount) instances of \(byteCount) bytes and "
            + "\(otherCount) others"
    }
}

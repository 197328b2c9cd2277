package import CodCore

extension VerificationEvent: Encodable {
    /// The version of the form that events are encoded in.
    public static let schema = 1

    private enum Key: String, CodingKey {
        case event, schema, error
    }

    /// The name of the event, as its `event` field has it.
    public var name: String {
        switch self {
        case .plan: "plan"
        case .progress: "progress"
        case .finding: "finding"
        case .error: "error"
        case .complete: "complete"
        }
    }

    /// One flat object: `event` and the fields of the event.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .event)
        switch self {
        case .plan(let fields):
            try container.encode(Self.schema, forKey: .schema)
            try fields.encode(to: encoder)
        case .progress(let fields): try fields.encode(to: encoder)
        case .finding(let fields): try fields.encode(to: encoder)
        case .error(let error): try container.encode(error, forKey: .error)
        case .complete(let fields): try fields.encode(to: encoder)
        }
    }

    /// What a listener is told when there is nothing to verify: the cause, and the end.
    package static func endingWithoutPlan(_ error: CodError) -> [VerificationEvent] {
        [.error(error), .complete(VerificationReport())]
    }
}

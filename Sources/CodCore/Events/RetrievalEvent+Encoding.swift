extension RetrievalEvent: Encodable {
    /// The version of the form that events are encoded in.
    public static let schema = 1

    private enum Key: String, CodingKey {
        case event, schema, stats
    }

    /// The name of the event, as its `event` field has it.
    public var name: String {
        switch self {
        case .plan: "plan"
        case .progress: "progress"
        case .download: "download"
        case .extract: "extract"
        case .save: "save"
        case .archive: "archive"
        case .error: "error"
        case .complete: "complete"
        }
    }

    /// One flat object: `event` and the fields of the event.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .event)
        switch self {
        case .plan(let stats):
            try container.encode(Self.schema, forKey: .schema)
            try container.encode(stats, forKey: .stats)
        case .progress(let fields): try fields.encode(to: encoder)
        case .download(let fields): try fields.encode(to: encoder)
        case .extract(let fields): try fields.encode(to: encoder)
        case .save(let fields): try fields.encode(to: encoder)
        case .archive(let fields): try fields.encode(to: encoder)
        case .error(let fields): try fields.encode(to: encoder)
        case .complete(let fields): try fields.encode(to: encoder)
        }
    }
}

extension CodError: Encodable {
    private enum Key: String, CodingKey {
        case code, message, recovery, study, series, instance
    }

    /// `code`, `message`, and `recovery`, `study`, `series`, `instance` where they are known.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(code.description, forKey: .code)
        try container.encode(message, forKey: .message)
        try container.encodeIfPresent(recovery, forKey: .recovery)
        try container.encodeIfPresent(study, forKey: .study)
        try container.encodeIfPresent(series, forKey: .series)
        try container.encodeIfPresent(instance, forKey: .instance)
    }
}

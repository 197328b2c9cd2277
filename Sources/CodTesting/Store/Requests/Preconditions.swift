/// What a request demands of an object's generation, and what comes of it.
struct Preconditions: Sendable {
    enum Outcome: Hashable, Sendable {
        case met
        /// 304: the object is the one that the client has already.
        case notModified
        /// 412
        case failed
        /// 404: only the live generation is kept.
        case noSuchGeneration
        /// 400: the name of a parameter that is no number.
        case malformed(String)
    }

    private let request: StoreRequest

    init(of request: StoreRequest) {
        self.request = request
    }

    /// The JSON API takes conditions from the query, the XML API from headers; each ignores what stands in the other's place.
    func outcome(generation: Int64, metageneration: Int64) -> Outcome {
        let conditions: [(name: String, value: String?, found: Int64, failure: Outcome, mustMatch: Bool)] =
            switch request.api {
            case .json:
                [
                    ("generation", request.query["generation"], generation, .noSuchGeneration, true),
                    ("ifGenerationMatch", request.query["ifGenerationMatch"], generation, .failed, true),
                    ("ifMetagenerationMatch", request.query["ifMetagenerationMatch"], metageneration, .failed, true),
                    ("ifGenerationNotMatch", request.query["ifGenerationNotMatch"], generation, .notModified, false),
                    ("ifMetagenerationNotMatch", request.query["ifMetagenerationNotMatch"], metageneration, .notModified, false),
                ]
            case .xml:
                [
                    ("generation", request.query["generation"], generation, .noSuchGeneration, true),
                    (
                        "x-goog-if-generation-match", request.headers["x-goog-if-generation-match"], generation, .failed, true
                    ),
                    (
                        "x-goog-if-metageneration-match", request.headers["x-goog-if-metageneration-match"], metageneration,
                        .failed, true
                    ),
                ]
            }
        for condition in conditions {
            guard let text = condition.value else { continue }
            guard let value = Int64(text) else { return .malformed(condition.name) }
            if (value == condition.found) != condition.mustMatch { return condition.failure }
        }
        return .met
    }
}

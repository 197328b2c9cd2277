import CodCore

// begin
struct SizeLimit: Stage {
    let limit: Int64

    func run(_ input: consuming InstanceStream, in context: StageContext) async throws -> InstanceStream {
        let limit = limit
        return input.observing { event in
            guard case .begin(let instance) = event, instance.byteCount > limit else { return }
            throw CodError(.refused, "The instance has \(instance.byteCount) bytes; the limit is \(limit).")
        }
    }
}
// end

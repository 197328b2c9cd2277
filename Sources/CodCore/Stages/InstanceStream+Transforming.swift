extension StageStream where Element == InstanceEvent {
    /// Leaves out the instances that `isIncluded` refuses, in silence; their bytes are read and dropped.
    public func keeping(_ isIncluded: @escaping @Sendable (Instance) -> Bool) -> Self {
        Self(of: portion) {
            var base = self.makeAsyncIterator()
            var isOpen = true
            return AsyncIterator {
                while let event = try await base.next() {
                    switch event {
                    case .begin(let instance): isOpen = isIncluded(instance)
                    case .failed where !isOpen:
                        // The end of an instance that was left out.
                        isOpen = true
                        continue
                    default: break
                    }
                    if isOpen { return event }
                    if case .end = event { isOpen = true }
                }
                return nil
            }
        }
    }

    /// Shows every event to `body` before it goes on. An error that `body` throws fails that instance alone: the rest of it is
    /// passed over. Thrown outside of any instance (on a `failed` that stands alone) it ends the stream.
    public func observing(_ body: @escaping @Sendable (InstanceEvent) throws -> Void) -> Self {
        Self(of: portion) {
            var base = self.makeAsyncIterator()
            var current: Instance?
            var isSkipping = false
            return AsyncIterator {
                while let event = try await base.next() {
                    let isLast =
                        switch event {
                        case .end, .failed: true
                        case .begin, .bytes: false
                        }
                    if case .begin(let instance) = event { current = instance }
                    let wasSkipping = isSkipping
                    let instance = current
                    if isLast { (current, isSkipping) = (nil, false) }
                    if wasSkipping { continue }
                    do {
                        try body(event)
                        return event
                    } catch {
                        guard let instance else { throw error }
                        isSkipping = !isLast
                        return .failed(
                            CodError.wrapping(error, in: "A stage").reaching(.instance)
                                .located(in: instance.series, instance: instance.uid))
                    }
                }
                return nil
            }
        }
    }
}

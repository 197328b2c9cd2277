extension Job {
    /// Adds a handler for the bytes of an archive as they arrive, at most ten a second.
    public func onProgress(_ handler: @escaping @Sendable (Progress) async -> Void) {
        onEvent { if case .progress(let fields) = $0 { await handler(fields) } }
    }

    /// Adds a handler for archives whose last byte has arrived. Bytes are streamed: where cod-retrieve hands over the archive,
    /// this hands over its address and size.
    public func onDownload(_ handler: @escaping @Sendable (Download) async -> Void) {
        onEvent { if case .download(let fields) = $0 { await handler(fields) } }
    }

    /// Adds a handler for archives whose last entry was read.
    public func onExtract(_ handler: @escaping @Sendable (Extract) async -> Void) {
        onEvent { if case .extract(let fields) = $0 { await handler(fields) } }
    }

    /// Adds a handler for instances that stand under their final names.
    public func onSave(_ handler: @escaping @Sendable (Save) async -> Void) {
        onEvent { if case .save(let fields) = $0 { await handler(fields) } }
    }

    /// Adds a handler for the end of the run. It is called last, always, exactly once a run, also when all failed.
    public func onComplete(_ handler: @escaping @Sendable (Completion) async -> Void) {
        onEvent { if case .complete(let fields) = $0 { await handler(fields) } }
    }

    /// Adds a handler for everything that fails. The run goes on unless the error reaches the job.
    public func onError(_ handler: @escaping @Sendable (Failure) async -> Void) {
        onEvent { if case .error(let fields) = $0 { await handler(fields) } }
    }
}

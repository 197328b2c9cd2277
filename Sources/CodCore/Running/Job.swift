internal import Synchronization

/// One retrieval: a plan on its way through a pipeline, with callbacks and events.
///
/// Register handlers, then start. Handlers are called one at a time, in the order of the events; several of a kind in the order in
/// which they were registered. They may take their time: the data does not wait for them. The names are cod-retrieve's.
public final class Job: Sendable {
    private struct Listeners {
        var handlers: [@Sendable (RetrievalEvent) async -> Void] = []
        var mailboxes: [EventMailbox] = []
    }

    private let pipeline: Pipeline
    private let plan: RetrievalPlan
    private let options: RetrievalOptions
    private let listeners = Mutex(Listeners())

    package init(pipeline: Pipeline, plan: RetrievalPlan, options: RetrievalOptions) {
        self.pipeline = pipeline
        self.plan = plan
        self.options = options
    }

    /// The events of the next run, as a sequence. Ask for it before ``start()``; each has its own place to wait in.
    public var events: EventSequence {
        let mailbox = EventMailbox()
        listeners.withLock { $0.mailboxes.append(mailbox) }
        return EventSequence(mailbox: mailbox)
    }

    /// Adds a handler for every event.
    public func onEvent(_ handler: @escaping @Sendable (RetrievalEvent) async -> Void) {
        listeners.withLock { $0.handlers.append(handler) }
    }

    /// Runs the job to its end, and answers what came of it after the last handler has returned.
    ///
    /// Failures are in the report and were told to ``onError(_:)``; what stopped the job early (no credentials, a full disk,
    /// cancellation) is ``RetrievalReport/interruption``. Cancelling the task that awaits this cancels the job: what is saved stays.
    /// Started again, a job fetches what is missing by then.
    @discardableResult
    public func start() async -> RetrievalReport {
        let (handlers, waiting) = listeners.withLock { listeners in
            defer { listeners.mailboxes = [] }
            return (listeners.handlers, listeners.mailboxes)
        }
        // With nobody to tell, each event would wake a task for nothing.
        let own = handlers.isEmpty ? nil : EventMailbox()
        let mailboxes = waiting + [own].compactMap(\.self)
        // A task of its own: handlers hear of the end also when the job is cancelled.
        let delivery = Task {
            guard let own else { return }
            for await event in EventSequence(mailbox: own) {
                for handler in handlers { await handler(event) }
            }
        }
        let run = JobRun(
            pipeline: pipeline, plan: plan, options: options,
            deliver: { for mailbox in mailboxes { mailbox.deliver() } },
            emit: { event in for mailbox in mailboxes { mailbox.send(event) } },
            contact: Contact(isFirst: options.isFirstContact))
        let report = await run.run()
        for mailbox in mailboxes { mailbox.close() }
        await delivery.value
        return report
    }
}

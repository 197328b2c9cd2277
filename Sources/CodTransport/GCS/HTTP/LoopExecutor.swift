import NIOCore
import NIOPosix

/// One event loop on a thread of its own, on which tasks can run as well.
///
/// A task that prefers it runs where its connection's bytes arrive: they pass through all stages without a hop between threads,
/// and a disk that is slow stalls this connection alone. The thread ends after the last reference has gone.
final class LoopExecutor: TaskExecutor {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let loop: any EventLoop

    init() {
        loop = group.any()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // The closure keeps the executor, and so the loop, until the job has run.
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    deinit {
        group.shutdownGracefully { _ in }
    }
}

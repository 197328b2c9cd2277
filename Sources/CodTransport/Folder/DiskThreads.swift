import CodCore
import NIOCore
import NIOPosix

/// The threads on which a folder's store is listed, read and saved from: one for each processor, two at least.
///
/// Files block whoever reads them, so this is not done on the threads that all tasks share. More threads than processors would only
/// wait for one another: those that save to one folder hold its lock in turn, and spin for it.
final class DiskThreads: TaskExecutor {
    private let pool: NIOThreadPool

    init() {
        pool = NIOThreadPool(numberOfThreads: max(System.coreCount, 2))
        pool.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // The closure keeps the executor, and so the threads, until the job has run.
        pool.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    deinit {
        pool.shutdownGracefully { _ in }
    }
}

import CCodSystem
import CodCore
import Logging
import NIOCore
import Synchronization

/// The limit of open files of this process (`ulimit -n`), and how many connections it lets a command have.
enum OpenFileLimit {
    private static let current = Atomic<Int>(.max)

    /// Raises the limit as far as the system lets it, to what the most connections need and some more.
    static func raise() {
        let limit = cod_raise_open_file_limit(65_536)
        if limit >= 0 { current.store(Int(limit), ordering: .relaxed) }
    }

    /// The limit; `nil` where it is not known.
    static var known: Int? {
        let limit = current.load(ordering: .relaxed)
        return limit == .max ? nil : limit
    }

    /// As many connections as the limit has room for, at most `wanted`; says so when they are fewer. Throws when there is no room
    /// for one. So many files are open `besides`.
    static func connectionCount(upTo wanted: Int, besides otherCount: Int = 0, logger: Logger) throws(CodError) -> Int {
        let limit = current.load(ordering: .relaxed)
        let count = connectionCount(upTo: wanted, limit: limit - otherCount)
        guard count > 0 else {
            throw CodError(
                .outputUnusable, "The limit of open files is \(limit), too low to begin.",
                recovery: "Raise it to \(fileCount(connectionCount: 1) + otherCount) or more (ulimit -n).",
                reach: .job)
        }
        if count < wanted {
            logger.notice(
                "The limit of open files is \(limit): \(Amount.count(count, "connection")) will be used rather than \(wanted). Raise it (ulimit -n) to use more --jobs."
            )
        }
        return count
    }

    /// The most connections that a limit has room for, 0 when none.
    static func connectionCount(upTo wanted: Int, limit: Int, threadCount: Int = System.coreCount) -> Int {
        let free = limit - fileCount(connectionCount: 0, threadCount: threadCount)
        return max(min(wanted, free / fileCountPerConnection), 0)
    }

    /// The most files that are open at a time.
    static func fileCount(connectionCount: Int, threadCount: Int = System.coreCount) -> Int {
        48 + 3 * threadCount + connectionCount * fileCountPerConnection
    }

    /// A connection, the three descriptors of the thread that serves it, the instance and its folder, folders and records while these
    /// are opened, and four connections that the metadata came over, until they are closed.
    private static let fileCountPerConnection = 14
}

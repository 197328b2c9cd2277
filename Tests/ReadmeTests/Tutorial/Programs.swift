import CodCore
import CodTesting
import CodTransport

/// What the tutorial's programs are started with; it stands before Swift's own, so that tests can say so.
enum CommandLine {
    @TaskLocal static var arguments = ["retrieve"]
}

/// A program of the tutorial. The files of its last state extend it; each other state of a file is a type of its own.
protocol Program {
    func main() async throws
}

/// A program over the store of the first tutorial.
protocol SampleStore {}

/// A program whose `main.swift` is that of the first tutorial.
protocol FirstProgram: Program, SampleStore {
    func openBucket(at endpoint: String) throws -> GCSBucket
    func retrieve(_ study: String, from bucket: GCSBucket, to folder: String) async throws -> RetrievalReport
}

/// A program over a store with an ultrasound series.
protocol UltrasoundStore {}

struct RetrievingAStudy: FirstProgram {}
struct WatchedRetrieval: FirstProgram {}
struct ResumedRetrieval: Program, SampleStore {}
struct ZippedRetrieval: Program, SampleStore {}
struct ChosenRetrieval: UltrasoundStore {}

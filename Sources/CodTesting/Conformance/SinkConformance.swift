public import CodCore

/// Holds a sink against what ``Sink`` asks of it: whole instances byte for byte, nothing of one that failed, the others untouched.
///
/// Each check makes a sink of its own, drives it as a pipeline would, closes it and reads back what it published:
///
/// ```swift
/// try await SinkConformance { MySink(into: newFolder()) } readBack: { sink, instance in try sink.bytes(of: instance) }.run()
/// ```
///
/// It throws a ``SinkConformanceViolation`` that says which check failed and why. It needs no test library.
public struct SinkConformance<SinkUnderTest: Sink>: Sendable {
    /// A thing that a sink must do.
    public enum Check: String, CaseIterable, Sendable {
        /// The bytes that were sent, all of them and in their order.
        case savesWholeInstances = "saves whole instances, byte for byte, however their bytes are cut into chunks"
        /// An instance of no bytes is one, too.
        case savesEmptyInstance = "saves an instance of no bytes"
        /// A check above the sink fails an instance at its last byte.
        case publishesNothingThatFailed = "publishes nothing of an instance that failed at its end, and saves the next one"
        /// A connection is lost for good inside an instance.
        case publishesNothingThatBrokeOff =
            "publishes nothing of an instance in which the stream broke off, and keeps those before"
        /// More or fewer bytes come than were announced.
        case keepsGoingAfterWrongSize =
            "publishes no part of an instance that has another size than announced, and saves the next one"
        /// ``Sink/save(_:body:)`` is called for several portions at the same time.
        case savesPortionsSideBySide = "saves portions of several series, and several portions of one, side by side"
        /// What an earlier run saved is saved once more, and is whole then.
        case savesAgain = "saves an instance again in a later run"
        /// Instances that nothing else confirms are removed when their archive proves damaged. For sinks that can.
        case takesBack = "takes back what it published of an archive that is damaged as a whole, and nothing else"
        /// ``Sink/inventory(of:)`` answers what was saved. For sinks that have one.
        case tellsWhatItHolds = "changes nothing when it is asked what it holds, and holds what it saved"
    }

    private let makeSink: @Sendable () async throws -> SinkUnderTest
    private let readBack: @Sendable (SinkUnderTest, Instance) async throws -> [UInt8]?
    private let checks: [Check]

    /// - Parameters:
    ///   - checks: What to check. ``Check/tellsWhatItHolds`` is for sinks that have an inventory, ``Check/takesBack`` for those that can.
    ///   - makeSink: Makes a sink into which nothing was saved.
    ///   - readBack: The bytes that a sink published of an instance; `nil` when it published none. Called after ``Sink/close()``.
    public init(
        _ checks: [Check] = Check.allCases, makeSink: @escaping @Sendable () async throws -> SinkUnderTest,
        readBack: @escaping @Sendable (SinkUnderTest, Instance) async throws -> [UInt8]?
    ) {
        self.checks = checks
        self.makeSink = makeSink
        self.readBack = readBack
    }

    /// Runs the checks, one after the other. Throws the first violation.
    public func run() async throws {
        for check in checks { try await run(check) }
    }

    /// Runs one check.
    public func run(_ check: Check) async throws {
        let trial = SinkTrial(check: check.rawValue, sink: try await makeSink(), readBack: readBack)
        switch check {
        case .savesWholeInstances: try await trial.savesWholeInstances()
        case .savesEmptyInstance: try await trial.saves([trial.instance("empty", byteCount: 0)])
        case .publishesNothingThatFailed: try await trial.publishesNothingThatFailed()
        case .publishesNothingThatBrokeOff: try await trial.publishesNothingThatBrokeOff()
        case .keepsGoingAfterWrongSize: try await trial.keepsGoingAfterWrongSize()
        case .savesPortionsSideBySide: try await trial.savesPortionsSideBySide()
        case .savesAgain: try await trial.savesAgain()
        case .takesBack: try await trial.takesBack()
        case .tellsWhatItHolds: try await trial.tellsWhatItHolds()
        }
    }
}

/// What a sink did that it must not do, or the other way round.
public struct SinkConformanceViolation: Error, CustomStringConvertible {
    /// What the sink must do.
    public let check: String
    /// What it did.
    public let finding: String

    /// A sentence: what a sink must do, and what this one did.
    public var description: String { "A sink \(check). This one does not: \(finding)." }
}

package import CodCore
package import CodTransport

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Reads a plan's file as its bytes come: nothing in it is trusted more than what a store sends.
///
/// What bounds it: one line, and the plan itself.
package struct PlanReader {
    private let name: String
    private var splitter = LineSplitter(limit: PlanLimits.lineByteCount)
    private var assembly: PlanAssembly
    private var lineNumber = 0
    private var isEmpty = true
    private let decoder = JSONDecoder()

    /// - Parameters:
    ///   - name: what the user calls the file.
    ///   - locate: finds out where the store of a header lies; what it throws ends the reading.
    package init(name: String, locate: @escaping (PlanHeader) throws -> StorePlace) {
        self.name = name
        assembly = PlanAssembly(locate: locate)
    }

    /// The first line, once it has come.
    package var header: PlanHeader? { assembly.header }

    /// Takes the next bytes. Throws a ``CodError`` of code `invalidSource` for a line that cannot be one.
    package mutating func push(_ chunk: ByteChunk) throws {
        do {
            isEmpty = isEmpty && chunk.count == 0
            splitter.push(chunk)
            while let line = try splitter.next() { try take(line) }
        } catch is LineSplitter.TooLong {
            lineNumber += 1
            throw invalid(PlanProblem("it has more than \(PlanLimits.lineByteCount) bytes"))
        }
    }

    /// The plan, when all bytes have come. Throws when its last line is not there. It has no catalog: a series that changes fails.
    package mutating func finish() throws -> RetrievalPlan {
        let rest = splitter.finish()
        if !Self.isBlank(rest) {
            // The last line may lack its end; half a line is no line.
            guard let line = try? decoder.decode(PlanLine.self, from: Data(rest)) else { throw cut }
            lineNumber += 1
            try use(line)
        }
        guard assembly.isEnded else { throw cut }
        return RetrievalPlan(studies: assembly.studies)
    }

    private mutating func take(_ line: [UInt8]) throws {
        lineNumber += 1
        if Self.isBlank(line) { return }
        let read: PlanLine
        do { read = try decoder.decode(PlanLine.self, from: Data(line)) } catch let problem as PlanProblem {
            throw invalid(problem)
        } catch let error as DecodingError {
            throw invalid(PlanProblem(error))
        }
        try use(read)
    }

    private mutating func use(_ line: PlanLine) throws {
        do { try assembly.take(line) } catch let problem as PlanProblem { throw invalid(problem) }
    }

    private static func isBlank(_ line: [UInt8]) -> Bool { line.allSatisfy { [0x20, 0x09, 0x0D].contains($0) } }

    private func invalid(_ problem: PlanProblem) -> CodError {
        CodError(
            .invalidSource, "Line \(lineNumber) of the plan \(EntryName.printable(name)) cannot be used: \(problem.reason).",
            recovery: problem.recovery ?? "Make the plan again (cod plan).", reach: .job)
    }

    private var cut: CodError {
        CodError(
            .invalidSource,
            isEmpty
                ? "The plan \(EntryName.printable(name)) is empty."
                : "The plan \(EntryName.printable(name)) was cut off: it ends behind line \(lineNumber), and its last line is missing.",
            recovery: "Copy it again, or make it again (cod plan).", reach: .job)
    }
}

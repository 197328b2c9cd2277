import CodCore
import Synchronization

/// The right of one request to be under way, from before it is sent until its body has ended or nobody holds on to it.
final class Permit: Sendable {
    private let number: Int
    private let gate: PaceGate
    /// How many setbacks the gate knew of when it was last told that bytes come.
    private let toldCount = Atomic<Int>(0)

    init(_ number: Int, of gate: PaceGate) {
        self.number = number
        self.gate = gate
    }

    /// Bytes of a good answer came.
    func received() { gate.received(number, since: toldCount) }

    /// The answer was complete, or a definite no.
    func answered() { gate.answered(number) }

    /// The answer has a status that is no success.
    func refused(with status: Int) {
        if let setback = Setback(status: status) { gate.failed(number, setback, with: nil) } else { answered() }
    }

    /// The request failed, or was cancelled, and is over.
    func end(with error: any Error) {
        gate.failed(number, Setback(error), with: error as? CodError)
        end()
    }

    /// The request is over: another may begin.
    func end() { gate.ended(number) }

    deinit { gate.ended(number) }
}

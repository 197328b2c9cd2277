import Synchronization
import Testing

@testable import CodZip

@Suite("Work in order")
struct InOrderTests {
    @Test("Results get their places in the order of the values, and few are held", arguments: [1, 2, 3, 8])
    func order(width: Int) async throws {
        let held = Atomic(0)
        let most = Atomic(0)
        let written = Mutex<[Int]>([])
        let places = try await inOrder(0..<300, width: width, from: [Int]()) { value in
            most.max(held.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
            // Some take longer than others.
            return (0..<(value * 7919 % 13) * 500).reduce(value) { $0 ^ $1 ^ $1 }
        } place: { places, value in
            held.subtract(1, ordering: .relaxed)
            places.append(value)
            return value
        } write: { value in
            written.withLock { $0.append(value) }
        }
        #expect(places == Array(0..<300))
        #expect(written.withLock { $0.sorted() } == Array(0..<300))
        #expect(most.load(ordering: .relaxed) <= width + 2)
    }

    @Test("What fails ends it")
    func failure() async throws {
        await #expect(throws: Failure.self) {
            _ = try await inOrder(0..<100, width: 3, from: 0) { value in
                if value == 20 { throw Failure() }
                return value
            } place: { _, value in
                #expect(value < 20)
            } write: { _ in
            }
        }
    }

    private struct Failure: Error {}
}

import CodCore
import Synchronization

/// What is packed with: compressors and memory that are used again, and how many parts of large instances may be packed beside a sink's
/// lanes' own work.
final class PackingRoom: Sendable {
    private final class Bench: Sendable {
        let packer: Mutex<EntryPacker>

        init(_ options: ZipOptions) { packer = Mutex(EntryPacker(options)) }
    }

    private let options: ZipOptions
    // As many as were ever used at a time: of a sink one a lane, and one a slot; of a press as many as it has tasks.
    private let benches = Guarded<[Bench]>([])
    private let buffers = Guarded<[PackingBuffer]>([])
    private let slotCount: Atomic<Int>

    init(_ options: ZipOptions) {
        self.options = options
        slotCount = Atomic(max(options.concurrency, 1))
    }

    /// Lends a packer.
    func packing<Result: Sendable>(_ body: @Sendable (inout EntryPacker) throws -> Result) throws -> Result {
        let bench = benches.withLock { $0.popLast() } ?? Bench(options)
        defer { benches.withLock { $0.append(bench) } }
        return try bench.packer.withLock { try body(&$0) }
    }

    /// Lends memory, until it is given back.
    func takeBuffer() -> PackingBuffer { buffers.withLock { $0.popLast() } ?? PackingBuffer() }

    func giveBack(_ buffer: PackingBuffer) { buffers.withLock { $0.append(buffer) } }

    /// Takes one of the slots, when there is one.
    func takeSlot() -> Bool {
        var count = slotCount.load(ordering: .relaxed)
        while count > 0 {
            let (isTaken, found) = slotCount.weakCompareExchange(expected: count, desired: count - 1, ordering: .relaxed)
            if isTaken { return true }
            count = found
        }
        return false
    }

    func returnSlot() { slotCount.add(1, ordering: .relaxed) }
}

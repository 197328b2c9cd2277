/// How many bytes a second came lately: counted in slots of half a second, of which the last twenty are kept.
struct RateMeter: Equatable, Sendable {
    private static let slotDuration = Duration.milliseconds(500)
    private static let slotCount: Int64 = 20

    struct Slot: Equatable, Sendable {
        let number: Int64
        var byteCount: Int64
    }

    private(set) var slots: [Slot] = []
    private var start: Duration?

    /// Counts bytes that came at a time. Times do not go back.
    mutating func add(_ byteCount: Int64, at time: Duration) {
        start = start ?? time
        let number = Self.number(of: time)
        if let last = slots.indices.last, slots[last].number == number {
            slots[last].byteCount &+= byteCount
        } else {
            slots.append(Slot(number: number, byteCount: byteCount))
        }
        slots.removeAll { $0.number <= number - Self.slotCount }
    }

    /// The rate at a time; `nil` for as long as there is not enough to tell it by.
    func bytesPerSecond(at time: Duration) -> Double? {
        guard let start, time - start >= .seconds(1) else { return nil }
        let now = Self.number(of: time)
        let byteCount = slots.lazy.filter { $0.number > now - Self.slotCount }.reduce(0) { $0 + $1.byteCount }
        return Double(byteCount) / (min(time - start, Self.slotDuration * Int(Self.slotCount)) / .seconds(1))
    }

    private static func number(of time: Duration) -> Int64 { Int64(time / slotDuration) }
}

import CodCore

extension SeriesMetadata {
    /// Keeps of the wanted instances every `step`-th, the first among them. They are counted by their Instance Number where each of them
    /// has one, and those that have the same in their order here; else all in their order here.
    mutating func keepEvery(_ step: Int) {
        guard step > 1 else { return }
        var wanted = instances.indices.filter { instances[$0].isWanted }
        let numbers = wanted.compactMap { instanceNumbers.indices.contains($0) ? instanceNumbers[$0] : nil }
        if numbers.count == wanted.count {
            wanted = zip(numbers, wanted).sorted { $0 < $1 }.map(\.1)
        }
        for (position, index) in wanted.enumerated() where !position.isMultiple(of: step) { instances[index].isWanted = false }
        instanceNumbers = []
    }
}

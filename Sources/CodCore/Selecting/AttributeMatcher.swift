/// Judges instances by a selection's conditions on attributes, one instance after the other, as their attributes are read. Pure.
///
/// It keeps whether conditions were met, and no value but the Instance Number, where that gives the order, and those that a layout makes
/// a path of. Of an attribute that comes
/// twice in one instance the first counts.
package struct AttributeMatcher: Sendable {
    /// The conditions that one property of a selection puts on one attribute: any of the wanted, none of the excluded.
    private struct Question {
        let tag: UInt32
        let wanted: [ValueTest]
        let excluded: [ValueTest]
        var isWantedMet = false
        var isExcludedMet = false

        mutating func forget() { (isWantedMet, isExcludedMet) = (false, false) }

        mutating func take(_ value: String, isNumber: Bool) {
            isWantedMet = isWantedMet || wanted.contains { $0.takes(value, isNumber: isNumber) }
            isExcludedMet = isExcludedMet || excluded.contains { $0.takes(value, isNumber: isNumber) }
        }

        var holds: Bool { (wanted.isEmpty || isWantedMet) && !isExcludedMet }
    }

    private static let seriesDescription: UInt32 = 0x0008_103E
    private static let instanceNumberTag: UInt32 = 0x0020_0013

    private var questions: [Question]
    /// The attributes that are asked for, and which of them were read.
    private let tags: [UInt32]
    private var areSeen: [Bool]
    /// The Instance Number of this instance, where it gives the order of a series and is a whole number.
    package private(set) var instanceNumber: Int?

    /// The values that a layout makes paths of, and those of this instance.
    private let named: Set<UInt32>
    private var values: [UInt32: String] = [:]
    private static let namedByteCount = 1024

    /// `nil` when neither a selection nor a layout asks anything about attributes.
    package init?(_ selection: Selection, layout: FileLayout? = nil) {
        var questions: [Question] = []
        if !selection.seriesDescriptions.isEmpty {
            let wanted = selection.seriesDescriptions.map { ValueTest.text($0, number: nil) }
            questions.append(Question(tag: Self.seriesDescription, wanted: wanted, excluded: []))
        }
        let byTag = Dictionary(grouping: selection.attributes) { $0.tag.number }
        for (tag, conditions) in byTag {
            questions.append(
                Question(
                    tag: tag, wanted: conditions.filter { !$0.isExclusion }.map(\.test),
                    excluded: conditions.filter(\.isExclusion).map(\.test)))
        }
        var tags = Set(questions.map(\.tag))
        if selection.every > 1 { tags.insert(Self.instanceNumberTag) }
        named = layout?.tags ?? []
        tags.formUnion(named)
        if tags.isEmpty { return nil }
        self.questions = questions
        self.tags = tags.sorted()
        areSeen = self.tags.map { _ in false }
    }

    /// Forgets the instance before.
    package mutating func beginInstance() {
        for position in questions.indices { questions[position].forget() }
        for position in areSeen.indices { areSeen[position] = false }
        instanceNumber = nil
        if !values.isEmpty { values.removeAll(keepingCapacity: true) }
    }

    /// Tells that an attribute begins; answers whether its values are to be handed to ``take(_:isNumber:of:)``.
    package mutating func begin(_ tag: UInt32) -> Bool {
        guard let position = tags.firstIndex(of: tag), !areSeen[position] else { return false }
        areSeen[position] = true
        return true
    }

    /// Takes one value of an attribute, without what pads it; an empty one is none.
    package mutating func take(_ value: String, isNumber: Bool, of tag: UInt32) {
        if value.isEmpty { return }
        for position in questions.indices where questions[position].tag == tag {
            questions[position].take(value, isNumber: isNumber)
        }
        if named.contains(tag) {
            let joined = values[tag].map { "\($0)-\(value)" } ?? value
            if joined.utf8.count <= Self.namedByteCount { values[tag] = joined }
        }
        if tag == Self.instanceNumberTag, instanceNumber == nil {
            instanceNumber = Int(value) ?? ValueTest.number(value[...]).flatMap { Int(exactly: $0) }
        }
    }

    /// Whether all that is asked for was read: nothing that follows changes the judgement.
    package var isDone: Bool { areSeen.allSatisfy(\.self) }

    /// What was read of the attributes that a layout makes paths of, at most 1 KiB of each.
    package var namedValues: [UInt32: String] { values }

    /// Whether the instance is wanted, by what was read of it.
    package var isMatch: Bool { questions.allSatisfy(\.holds) }
}

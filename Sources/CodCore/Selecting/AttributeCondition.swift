/// A condition on one DICOM attribute of an instance, as its metadata has it: `PatientSex=F`, `SliceLocation=10..20`, `ImageType!=LOCALIZER`.
///
/// - The value is a ``Glob``; blanks around an attribute's value, which DICOM pads with, do not count, and upper and lower case are the
///   same. Of an attribute with several values one must match; of a person's name the alphabetic form counts.
/// - A number matches a number that is worth the same, however it is written: `5` also `5.0`.
/// - `A..B`, `A..` and `..B`, with numbers at the ends, are a range, both ends in it. Dates and times are such numbers:
///   `StudyDate=20200101..20201231`. A value that is no number is in no range.
/// - An attribute that is not there, or is empty, has no value: no condition holds for it but an exclusion, so `PatientSex=*` asks that
///   there is one, and `PatientSex!=*` that there is none.
/// - What is inside sequences is not looked at, and of a value that is longer than 1 KiB only the beginning.
public struct AttributeCondition: Hashable, Sendable, CustomStringConvertible {
    /// Which attribute.
    public let tag: DICOMTag
    /// The value as it was given: a pattern or a range.
    public let value: String
    /// Whether it leaves out the instances that have such a value, instead of asking for them.
    public let isExclusion: Bool
    let test: ValueTest

    /// A condition on an attribute. Throws `invalidSelection` for a value that cannot be one, such as a range whose end lies before its
    /// beginning.
    public init(_ tag: DICOMTag, _ value: String, isExclusion: Bool = false) throws(CodError) {
        self.tag = tag
        self.value = value
        self.isExclusion = isExclusion
        test = try ValueTest(value)
    }

    /// Reads `TAG=VALUE` or, for an exclusion, `TAG!=VALUE`; TAG is a keyword or a number, as ``DICOMTag/init(parsing:)`` takes it.
    /// Throws `invalidSelection` for what is neither.
    public init(parsing text: String) throws(CodError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw CodError(
                .invalidSelection, "\"\(text.prefix(80))\" is no condition.",
                recovery: "Give TAG=VALUE or TAG!=VALUE, such as PatientSex=F.", reach: .job)
        }
        let isExclusion = parts[0].last == "!"
        let tag = try DICOMTag(parsing: String(isExclusion ? parts[0].dropLast() : parts[0]))
        guard !parts[1].isEmpty else {
            throw CodError(
                .invalidSelection, "\"\(text.prefix(80))\" names no value.",
                recovery: "\(tag)=* asks for any value, and \(tag)!=* for instances without one.", reach: .job)
        }
        // DICOM's own way to write a range, which as a pattern fits nothing.
        if let range = parts[1].wholeMatch(of: /(\d{8})?-(\d{8})?/), range.1 != nil || range.2 != nil {
            throw CodError(
                .invalidSelection, "\"\(text.prefix(80))\" looks like a range of dates, and is none.",
                recovery: "Ranges have two dots: \(tag)=\(range.1 ?? "")..\(range.2 ?? "").", reach: .job)
        }
        try self.init(tag, String(parts[1]), isExclusion: isExclusion)
    }

    /// `TAG=VALUE` or `TAG!=VALUE`, as it is read.
    public var description: String { "\(tag)\(isExclusion ? "!" : "")=\(value)" }
}

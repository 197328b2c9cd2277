/// What PAX headers say of an entry, as far as it matters here: its name, its size, and whether it is sparse.
///
/// A record with an empty value takes back what was said before it, so that the header's own field counts again.
struct TarAttributes {
    enum Value<Content> {
        case unsaid
        case takenBack
        case said(Content)
    }

    private(set) var path = Value<String>.unsaid
    private(set) var byteCount = Value<Int64>.unsaid
    private(set) var isSparse = false

    /// Adds the records of one PAX header; later ones override earlier ones, unknown keys are passed over.
    mutating func add(_ body: [UInt8]) throws(TarProblem) {
        var records = PAXRecords(body)
        while let (key, value) = try records.next() {
            if key.elementsEqual("path".utf8) {
                path = value.isEmpty ? .takenBack : .said(String(decoding: value, as: UTF8.self))
            } else if key.elementsEqual("size".utf8) {
                byteCount = value.isEmpty ? .takenBack : .said(try TarNumber.readDecimal(value, called: "size"))
            } else if key.starts(with: "GNU.sparse.".utf8) {
                isSparse = true
            }
        }
    }
}

extension TarAttributes.Value {
    /// What counts when this stands above `other`, what stands above a header's own field.
    func or(_ other: Content?) -> Content? {
        switch self {
        case .unsaid: other
        case .takenBack: nil
        case .said(let content): content
        }
    }

    /// What is said; `nil` otherwise.
    var content: Content? { or(nil) }
}

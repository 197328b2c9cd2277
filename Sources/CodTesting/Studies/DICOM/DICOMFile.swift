/// The head of a DICOM file: what stands in front of the dataset (DICOM PS3.10 §7.1).
enum DICOMFile {
    static let explicitLittleEndian = "1.2.840.10008.1.2.1"
    /// Under 2.25, as no registered root is needed for it.
    static let implementationUID = "2.25.329800735698586629295641978511506172918"

    /// The elements of group 2, the group length among them.
    static func metaElements(sopClass: String, uid: String) -> [DICOMElement] {
        let elements = [
            DICOMElement(0x0002_0001, .otherByte, .bytes([0, 1])),
            DICOMElement(0x0002_0002, .uid, sopClass),
            DICOMElement(0x0002_0003, .uid, uid),
            DICOMElement(0x0002_0010, .uid, explicitLittleEndian),
            DICOMElement(0x0002_0012, .uid, implementationUID),
            DICOMElement(0x0002_0013, .shortString, "COD_PHANTOM"),
        ]
        return [DICOMElement(0x0002_0000, .unsignedLong, .numbers([UInt32(clamping: encoded(elements).count)]))] + elements
    }

    /// The preamble, `DICM`, and the elements, in their order.
    static func bytes(of elements: [DICOMElement]) -> [UInt8] {
        [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + encoded(elements)
    }

    static func encoded(_ elements: [DICOMElement]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2048)
        for element in elements { element.encode(into: &bytes) }
        return bytes
    }
}

/// Something that bytes can be written to, in order.
package protocol ByteOutput {
    mutating func write(_ bytes: RawSpan) throws
}

extension ByteOutput {
    package mutating func write(_ bytes: [UInt8]) throws { try write(bytes.span.bytes) }

    package mutating func write(_ text: String) throws { try write(Array(text.utf8)) }
}

extension [UInt8]: ByteOutput {
    package mutating func write(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { append(contentsOf: $0) }
    }
}

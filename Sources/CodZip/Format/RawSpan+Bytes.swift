extension RawSpan {
    /// The byte at an offset.
    subscript(offset: Int) -> UInt8 {
        // Any byte is a UInt8, and the call checks the offset: nothing of what it is named unsafe for can happen.
        unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}

/// What a stream of instances consists of.
///
/// Order: `( begin bytes* (end | failed) | failed )*`. A `failed` inside an instance loses that instance alone and the stream
/// stays healthy; one outside reports an entry that was never begun. A thrown error ends the stream.
@nonexhaustive
public enum InstanceEvent: Sendable {
    /// An instance begins; its bytes follow.
    case begin(Instance)
    /// The next bytes of the instance.
    case bytes(ByteChunk)
    /// The instance is whole. The checksum is of its bytes, `nil` when no stage computed one.
    case end(checksum: CRC32C?)
    /// The instance is lost, or an entry of the archive could not be one.
    case failed(CodError)
}

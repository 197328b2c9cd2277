import CodCore

// begin
/// Refuses files that do not begin as DICOM files do: 128 bytes of anything, then DICM.
struct PreambleCheck: Stage {
    func run(_ input: consuming InstanceStream, in context: StageContext) async throws -> InstanceStream {
        let instances = input
        return InstanceStream(of: instances.portion) {
            var events = instances.makeAsyncIterator()
            var head: [UInt8] = []  // of the instance that is passing, at most 132 bytes
            return InstanceStream.AsyncIterator {
                let event = try await events.next()
                switch event {
                case .begin: head = []
                case .bytes(let chunk) where head.count < 132:
                    chunk.withBytes { $0.withUnsafeBytes { head += $0.prefix(132 - head.count) } }
                case .end where head.count < 132 || !head.suffix(4).elementsEqual("DICM".utf8):
                    return .failed(CodError(.refused, "The file does not begin as DICOM does.", reach: .instance))
                default: break
                }
                return event
            }
        }
    }
}
// end

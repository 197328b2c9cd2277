internal import CCodSystem
internal import NIOCore
package import SystemPackage

extension SystemPackage.FileDescriptor {
    /// The bytes from `offset`, up to `byteCount` of them; fewer at the end of the file, none behind it.
    package func readChunk(at offset: Int64, byteCount: Int) throws(Errno) -> ByteChunk {
        var chunk = ByteChunk(ByteBuffer())
        try readChunk(into: &chunk, at: offset, byteCount: byteCount)
        return chunk
    }

    /// The same in place of what a chunk holds: in its memory, where nobody else looks at that.
    package func readChunk(into chunk: inout ByteChunk, at offset: Int64, byteCount: Int) throws(Errno) {
        chunk.buffer.clear()
        do {
            try chunk.buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: byteCount) { memory in
                var filled = 0
                while filled < byteCount {
                    let rest = UnsafeMutableRawBufferPointer(rebasing: memory[filled..<byteCount])
                    let count = try read(fromAbsoluteOffset: offset + Int64(filled), into: rest)
                    if count == 0 { break }
                    filled += count
                }
                return filled
            }
        } catch let errno as Errno { throw errno } catch { throw .ioError }
    }

    /// Writes all of a chunk where the file stands.
    package func writeAll(_ chunk: ByteChunk) throws(Errno) {
        do {
            try chunk.withBytes { bytes in
                try bytes.withUnsafeBytes { memory in
                    var written = 0
                    while written < memory.count {
                        written += try write(UnsafeRawBufferPointer(rebasing: memory[written...]))
                    }
                }
            }
        } catch let errno as Errno { throw errno } catch { throw .ioError }
    }
}

extension OpenFile {
    /// Writes all bytes at an offset.
    package func writeAll(_ bytes: RawSpan, at offset: Int64) throws(Errno) {
        do {
            try bytes.withUnsafeBytes { memory in
                var written = 0
                while written < memory.count {
                    written += try descriptor.write(
                        toAbsoluteOffset: offset + Int64(written), UnsafeRawBufferPointer(rebasing: memory[written...]))
                }
            }
        } catch let errno as Errno { throw errno } catch { throw .ioError }
    }

    /// Writes all bytes of both, one behind the other, at an offset: by one system call where that takes them all.
    package func writeAll(_ first: RawSpan, _ second: RawSpan, at offset: Int64) throws(Errno) {
        let written = first.withUnsafeBytes { first in
            second.withUnsafeBytes { second in
                cod_write_both(descriptor.rawValue, first.baseAddress, first.count, second.baseAddress, second.count, offset)
            }
        }
        // What it did not write is written as usual, and fails as usual.
        let ofFirst = min(max(Int(written), 0), first.byteCount)
        try writeAll(first.extracting(droppingFirst: ofFirst), at: offset + Int64(ofFirst))
        let ofSecond = max(Int(written) - first.byteCount, 0)
        try writeAll(second.extracting(droppingFirst: ofSecond), at: offset + Int64(first.byteCount + ofSecond))
    }

    /// Cuts the file off behind so many bytes.
    package func truncate(to byteCount: Int64) throws(Errno) {
        do { try descriptor.resize(to: byteCount) } catch let errno as Errno { throw errno } catch { throw .ioError }
    }
}

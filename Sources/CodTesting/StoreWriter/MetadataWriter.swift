import CodCore
import NIOCore
import SystemPackage

/// Writes a metadata.json record by record, compressed on the way where it is to be.
struct MetadataWriter {
    private var file: StoreFile
    private var output: FileOutput
    private let deflater: Deflater?
    private var hasRecords = false

    /// Starts a new metadata.json in a series' folder; `path` is for messages.
    init(in folder: OpenFile, path: String, encoding: StoreWriter.MetadataEncoding) throws {
        file = try StoreFile(in: folder, name: "metadata.json", path: path)
        output = file.output
        deflater = encoding == .gzip ? try Deflater() : nil
    }

    /// Writes what stands before the first record.
    mutating func start(_ text: String) throws {
        try write(Array(text.utf8))
    }

    /// Takes over what an older metadata.json has, up to where its records end.
    mutating func start(from older: OpenFile, path: String) throws {
        var held: [UInt8] = []
        let take = { (writer: inout MetadataWriter, bytes: [UInt8]) in
            held += bytes
            // The brackets that end it are held back, and one more: it tells whether there are records.
            let ready = max(held.count - MetadataText.end.utf8.count - 1, 0)
            try writer.write(Array(held.prefix(ready)))
            held.removeFirst(ready)
        }
        let inflation = try GzipInflation()
        var offset: Int64 = 0
        var isCompressed = false
        while true {
            var chunk: [UInt8] = []
            try older.descriptor.readChunk(at: offset, byteCount: 1 << 16).withBytes { chunk.write($0) }
            if chunk.isEmpty { break }
            if offset == 0 { isCompressed = chunk.starts(with: [0x1F, 0x8B]) }
            offset += Int64(chunk.count)
            if isCompressed {
                var expanded: [UInt8] = []
                do {
                    try inflation.inflate(ByteBuffer(bytes: chunk)) { expanded += $0.readableBytesView }
                } catch {
                    throw CodError(.damagedMetadata, "\(path) is no gzip, so it cannot grow.", cause: error)
                }
                try take(&self, expanded)
            } else {
                try take(&self, chunk)
            }
        }
        guard held.dropFirst().elementsEqual(MetadataText.end.utf8), let last = held.first else {
            throw CodError(.damagedMetadata, "\(path) was not written by this writer, so it cannot grow.")
        }
        try write([last])
        hasRecords = last != UInt8(ascii: "{")
    }

    /// Writes a record, its key in front.
    mutating func add(_ record: String) throws {
        if hasRecords { try write(Array(MetadataText.separator.utf8)) }
        hasRecords = true
        try write(Array(record.utf8))
    }

    /// Writes the end and puts the file in its place.
    mutating func finish() throws {
        try write(Array(MetadataText.end.utf8))
        try deflater?.finish(to: &output)
        try file.commit()
    }

    private mutating func write(_ bytes: [UInt8]) throws {
        if let deflater { try deflater.write(bytes, to: &output) } else { try output.write(bytes) }
    }
}

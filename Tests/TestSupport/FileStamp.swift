import Foundation

/// Which file it is, and when it was written.
package struct FileStamp: Equatable {
    private let number: UInt64?
    private let date: Date?

    package init(of path: String) throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        number = (attributes[.systemFileNumber] as? NSNumber)?.uint64Value
        date = attributes[.modificationDate] as? Date
    }
}

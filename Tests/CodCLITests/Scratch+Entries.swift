import Foundation

extension Scratch {
    /// Everything below the folder but what is in `excluded`: path to kind and size, links not followed.
    func entries(except excluded: String? = nil) throws -> [String: String] {
        var entries: [String: String] = [:]
        for case let path as String in FileManager.default.enumerator(atPath: root) ?? .init() {
            if let excluded, path == excluded || path.hasPrefix("\(excluded)/") { continue }
            let attributes = try FileManager.default.attributesOfItem(atPath: self.path(path))
            let type = attributes[.type] as? FileAttributeType
            let size = type == .typeRegular ? "\(attributes[.size] ?? 0)" : ""
            entries[path] = "\(type?.rawValue ?? "?") \(size)"
        }
        return entries
    }
}

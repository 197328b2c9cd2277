import CodTesting
import Foundation

/// Looks for the marked token where no run may leave it.
enum Canary {
    /// The one file below a test's folder that may hold a token: what `--token-file` names.
    static let tokenFileName = "token"

    /// The paths below a folder whose name, content or destination holds the token, in order. `excluded` are names directly in the
    /// folder that are passed over with all below them.
    static func leaks(below root: String, except excluded: Set<String> = []) -> [String] {
        let token = ServedStore.token
        var leaks: [String] = []
        for case let path as String in FileManager.default.enumerator(atPath: root) ?? .init() {
            guard let first = path.split(separator: "/").first, !excluded.contains(String(first)) else { continue }
            let file = "\(root)/\(path)"
            // Of the link itself, not of what it leads to; only files are opened: a pipe would be waited for.
            let type = try? FileManager.default.attributesOfItem(atPath: file)[.type] as? FileAttributeType
            let destination = try? FileManager.default.destinationOfSymbolicLink(atPath: file)
            let content = type == .typeRegular ? try? Data(contentsOf: URL(fileURLWithPath: file), options: .alwaysMapped) : nil
            if path.contains(token) || destination?.contains(token) == true || content?.range(of: Data(token.utf8)) != nil {
                leaks.append(path)
            }
        }
        return leaks.sorted()
    }

    /// The requests that carry the token anywhere but in their `Authorization`.
    static func leaks(in requests: [LoopbackStore.Request]) -> [String] {
        requests.filter { request in
            let rest = request.headers.filter { $0.key != "authorization" }
            return request.target.contains(ServedStore.token) || rest.values.contains { $0.contains(ServedStore.token) }
        }
        .map(\.description)
    }
}

import CodCore

@testable import CodTransport

extension FuzzTarget {
    /// What a user names a source or an endpoint by; with a token in the middle of it where the fuzzer wants one.
    ///
    /// No error and no description shows the token, and what a link comes to can be used as it is.
    static let link = FuzzTarget(
        name: "link", seeds: linkSeeds, words: linkWords, maximumByteCount: 512,
        run: { input in
            let place = Int(input.choice) % (input.payload.count + 1)
            let start = String(decoding: input.payload[..<place], as: UTF8.self)
            let end = String(decoding: input.payload[place...], as: UTF8.self)
            let marks = ["?token=", "&token=", "#token=", "token=", "?TOKEN%3D", "/Token%3d", "?a=b&token=x", "?a&TOKEN="]
            let text = input.mode & 8 == 0 ? start + end : "\(start)\(marks[Int(input.mode % 8)])\(canary)\(end)"
            var hasher = Hasher()
            try checkSource(text, &hasher)
            try checkEndpoint(text, &hasher)
            try checkRedirect(to: text, &hasher)
            return hasher.finalize()
        })

    /// Found nowhere by chance.
    private static let canary = "Zq7-canary-0Kd4"

    private static func checkSource(_ text: String, _ hasher: inout Hasher) throws {
        let source = SourceText(text)
        do {
            switch source.form {
            case .folder, .fileAddress:
                let path = try source.folderPath()
                try Finding.check(!path.utf8.contains(0), "A path holds a NUL.")
                try Finding.check(percentDecoded(percentEncoded(path: path)) == path, "The path \(path) is encoded wrongly.")
                try checkSecret("\(source.invalid("it is empty"))")
            case .portalLink, .storageAddress, .unknown: try check(try source.bucketDetails())
            }
            hasher.combine(source.form)
        } catch let error as CodError {
            hasher.combine(outcomeKind(error.code, error.message))
            try Finding.check(message: error)
            try checkSecret("\(error) \(String(reflecting: error))")
            try Finding.check(error.code == .invalidSource && error.reach == .job, "A source fails with \(error.code).")
        }
    }

    private static func check(_ details: BucketDetails) throws(Finding) {
        try checkSecret("\(details) \(String(reflecting: details)) \(details.objectPrefix)")
        try Finding.check(!details.bucket.isEmpty && !details.bucket.contains("/"), "A bucket is called \(details.bucket).")
        let prefix = details.bucketPrefix ?? ""
        try Finding.check(prefix.utf8.count <= 1024 && !prefix.hasSuffix("/dicomweb/dicomweb"), "The prefix is \(prefix).")
        for part in [details.bucket[...]] + prefix.split(separator: "/") {
            try Finding.check(part != ".." && part != ".", "A part of \(details) names a folder above.")
            try Finding.check(
                !part.unicodeScalars.contains(where: Finding.speaksToTerminal), "\(details) holds control characters.")
        }
        guard let token = details.token else { return }
        try Finding.check(!token.value.isEmpty, "A token is empty.")
        try Finding.check(token.value.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "A token would break a header.")
    }

    private static func checkSecret(_ shown: String) throws(Finding) {
        try Finding.check(!shown.contains(canary), "“\(shown)” shows the token.")
    }

    private static func checkEndpoint(_ text: String, _ hasher: inout Hasher) throws {
        if let address = HTTPAddress(parsing: text) {
            try Finding.check(HTTPAddress(parsing: address.url) == address, "The address \(address.url) is read in two ways.")
            try Finding.check(address.target.hasPrefix("/"), "The target of \(address.url) is no path.")
            hasher.combine(address.origin.isLoopback)
        }
        do {
            let endpoint = try StorageEndpoint(parsing: text)
            try Finding.check(
                try StorageEndpoint(parsing: "\(endpoint)") == endpoint, "The endpoint \(endpoint) is read in two ways.")
            hasher.combine(endpoint.isExposed)
        } catch let error as CodError {
            try Finding.check(message: error)
            try checkSecret("\(error)")
        }
    }

    /// A token goes to no other origin, and to nothing that can be read on its way.
    private static func checkRedirect(to text: String, _ hasher: inout Hasher) throws {
        guard let current = HTTPAddress(parsing: "https://storage.googleapis.com/storage/v1/b/x/o/y?alt=media") else { return }
        var head = AnswerHead(status: 302)
        head.location = text
        do {
            guard let redirect = try Redirect.reading(head, from: current) else { return }
            let next = redirect.address.origin
            try Finding.check(next == current.origin || !redirect.keepsToken, "The token goes to \(next).")
            try Finding.check(next.isSecure, "A redirect leads from https to \(next).")
            hasher.combine(redirect.keepsToken)
        } catch let refusal as Redirect.Refusal { hasher.combine(refusal.reason.utf8.count) }
    }
}

package import CodCore

/// What a store is called, and where its archives lie; no secret in it.
package struct StorePlace: Sendable {
    /// `gs://BUCKET[/PREFIX]`, or `file:///FOLDER`; ``Source`` reads it.
    package let source: String
    /// The storage endpoint that is spoken to; `nil` for a folder.
    package let endpoint: String?
    /// What the names of its objects begin with, before `studies/`.
    let root: String
    private let makeURL: @Sendable (String) -> String

    init(source: String, endpoint: String?, root: String, url: @escaping @Sendable (String) -> String) {
        self.source = source
        self.endpoint = endpoint
        self.root = root
        makeURL = url
    }

    /// What the archive of a series is called in the store.
    package func archiveName(of series: SeriesID) -> String {
        "\(root)studies/\(series.study)/series/\(series.series).tar"
    }

    /// The address of an object, as events and messages show it.
    package func url(of objectName: String) -> String { makeURL(objectName) }
}

extension GCSCatalog {
    /// Where the store lies. Throws what is wrong with the bucket or the options.
    package var place: StorePlace {
        get throws(CodError) {
            let address = try address
            return StorePlace(
                source: address.displayName, endpoint: "\(address.endpoint)", root: address.root, url: address.url)
        }
    }
}

extension FolderBucket {
    /// Where the store lies.
    package var place: StorePlace {
        StorePlace(
            source: "file://\(percentEncoded(path: store.displayName))", endpoint: nil, root: "", url: store.url)
    }
}

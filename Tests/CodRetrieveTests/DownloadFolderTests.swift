import Foundation
import Testing

@testable import CodRetrieve

@Suite("The user's folder for downloads")
struct DownloadFolderTests {
    @Test(
        "is what the last line of user-dirs.dirs about it says",
        arguments: [
            (#"XDG_DOWNLOAD_DIR="$HOME/Downloads""#, "/home/me/Downloads"), (#"XDG_DOWNLOAD_DIR="/data/in""#, "/data/in"),
            ("# x\nXDG_DESKTOP_DIR=\"$HOME/D\"\n  XDG_DOWNLOAD_DIR=\"$HOME/Téléchargements\" \n", "/home/me/Téléchargements"),
            ("XDG_DOWNLOAD_DIR=\"/a\"\nXDG_DOWNLOAD_DIR=\"/b\"\n", "/b"), (#"XDG_DOWNLOAD_DIR="$HOME""#, "/home/me"),
            (#"XDG_DOWNLOAD_DIR="$HOME/a \"b\" \\ \$c""#, #"/home/me/a "b" \ $c"#), ("", nil), (#"XDG_DOWNLOAD_DIR="""#, nil),
            ("XDG_DOWNLOAD_DIR=$HOME/x", nil), (#"XDG_DOWNLOAD_DIR="relative""#, nil), (#"XDG_DOWNLOAD_DIR="$HOMELESS/x""#, nil),
            (#"#XDG_DOWNLOAD_DIR="/commented""#, nil), (#"XDG_DOWNLOAD_DIR="/open"#, nil), ("XDG_DOWNLOAD_DIR=\"", nil),
        ] as [(String, String?)])
    func settings(text: String, path: String?) {
        #expect(DownloadFolder.named(in: text, home: "/home/me") == path)
    }

    @Test("is ~/Downloads where nothing is set, and the current folder where there is no home")
    func defaults() throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("cod-home-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: home) }
        #expect(DownloadFolder.path(environment: [:]) == "." && DownloadFolder.path(environment: ["HOME": "x"]) == ".")
        #expect(DownloadFolder.path(environment: ["HOME": home]) == "\(home)/Downloads")
        for (folder, environment) in [
            (".config", ["HOME": home]), ("other", ["HOME": home, "XDG_CONFIG_HOME": "\(home)/other"]),
        ] {
            try FileManager.default.createDirectory(atPath: "\(home)/\(folder)", withIntermediateDirectories: true)
            try "XDG_DOWNLOAD_DIR=\"$HOME/\(folder)-in\"\n".write(
                toFile: "\(home)/\(folder)/user-dirs.dirs", atomically: true, encoding: .utf8)
            #expect(DownloadFolder.path(environment: environment) == "\(home)/\(folder)-in")
        }
    }
}

import CodCore
import Testing

@testable import CodTransport

@Suite("Redirects")
struct RedirectTests {
    private func reading(_ location: String?, from current: String, status: Int = 307) throws -> Redirect? {
        var head = AnswerHead(status: status)
        head.location = location
        return try Redirect.reading(head, from: #require(HTTPAddress(parsing: current)))
    }

    @Test(
        "A token goes along to its own origin only",
        arguments: [
            ("https://h/b", "https://h/b", true), ("/b?c=1", "https://h/b?c=1", true), ("b", "https://h/a/b", true),
            ("//h/b", "https://h/b", true), ("https://H:443/b#f", "https://h/b", true),
            ("https://h:444/b", "https://h:444/b", false),
            ("https://other/b", "https://other/b", false), ("//other", "https://other/", false),
        ])
    func following(location: String, url: String, keepsToken: Bool) throws {
        let redirect = try reading(location, from: "https://h/a/x?q")
        #expect(redirect?.address.url == url)
        #expect(redirect?.keepsToken == keepsToken)
    }

    @Test(
        "What leads into the open, or nowhere, is not followed",
        arguments: [
            ("https://h/", "http://h/"), ("https://h/", "http://127.0.0.1/"), ("http://127.0.0.1:1/", "http://h/"),
            ("https://h/", "ftp://h/"), ("https://h/", "https://user@h/"), ("https://h/", ""), ("https://h/", "https://"),
            ("https://h/", "javascript:x"), ("https://h/", "/a b"),
        ])
    func refusing(current: String, location: String) {
        #expect(throws: Redirect.Refusal.self) { try reading(location, from: current) }
    }

    @Test("Loopback may redirect to loopback, without the token")
    func loopback() throws {
        let redirect = try reading("http://localhost:2/x", from: "http://127.0.0.1:1/")
        #expect(redirect?.keepsToken == false)
    }

    @Test("Only redirects are redirects", arguments: [200, 206, 304, 300, 401, 404, 503])
    func others(status: Int) throws {
        #expect(try reading("https://h/", from: "https://h/", status: status) == nil)
    }

    @Test("A redirect without a place to go to is refused")
    func nowhere() {
        #expect(throws: Redirect.Refusal.self) { try reading(nil, from: "https://h/") }
    }
}

import CodTesting
import NIOHTTP1
import Testing

@Suite("Who is let in")
struct AccessTests {
    private func withToken(_ body: (LoopbackStore, StoreClient) async throws -> Void) async throws {
        try await withStore { store, client in
            store.put("o", [1, 2, 3])
            store.rules.acceptedTokens = ["good"]
            try await body(store, client)
        }
    }

    @Test("anybody, as long as nothing else is said")
    func anybody() async throws {
        try await withStore { store, client in
            store.put("o", [1, 2, 3])
            #expect(await client.media("o").status == 200)
            #expect(await client.media("o", ("authorization", "Bearer any")).status == 200)
        }
    }

    @Test("a token that is accepted")
    func accepted() async throws {
        try await withToken { store, client in
            #expect(await client.media("o", ("authorization", "Bearer good")).body == [1, 2, 3])
            #expect(await client.xml("o", ("authorization", "bearer good")).body == [1, 2, 3])
            #expect(store.log.map(\.token) == ["good", "good"])
        }
    }

    @Test("no token is a 401 that asks for one; from the XML API it is a 403")
    func anonymous() async throws {
        try await withToken { _, client in
            for answer in [await client.media("o"), await client.list()] {
                #expect(answer.status == 401)
                #expect(answer.headers.first(name: "www-authenticate")?.hasPrefix("Bearer") == true)
                let error: ErrorBody = try answer.decoded()
                #expect(error.error.message.hasPrefix("Anonymous caller does not have storage.objects."))
            }
            let xml = await client.xml("o")
            #expect(xml.status == 403 && xml.text.contains("<Code>AccessDenied</Code>"))
        }
    }

    @Test("a wrong token is a 401", arguments: ["Bearer bad", "Bearer ", "Basic good", ""])
    func wrong(field: String) async throws {
        try await withToken { _, client in
            let answer = await client.media("o", ("authorization", field))
            #expect(answer.status == 401 && answer.headers["www-authenticate"].count == 1)
            #expect(answer.errorReason == "authError")
            #expect(await client.xml("o", ("authorization", field)).status == 401)
        }
    }

    @Test("a token expires after so many requests, and another takes its place")
    func expiry() async throws {
        try await withToken { store, client in
            store.rules.requestsPerToken = 2
            var statuses: [Int?] = []
            for _ in 0..<4 { statuses.append(await client.media("o", ("authorization", "Bearer good")).status) }
            #expect(statuses == [200, 200, 401, 401])
            store.rules.acceptedTokens = ["new"]
            #expect(await client.media("o", ("authorization", "Bearer new")).status == 200)
        }
    }

    @Test("a fault makes a token expire in the middle of a job")
    func expiringFault() async throws {
        try await withToken { store, client in
            store.script(matching: .media, faults: [.pass, .expireToken])
            var statuses: [Int?] = []
            for _ in 0..<3 { statuses.append(await client.media("o", ("authorization", "Bearer good")).status) }
            #expect(statuses == [200, 401, 401])
        }
    }

    @Test("where the requester pays, a request without a project is a 400")
    func requesterPays() async throws {
        try await withStore { store, client in
            store.put("o", [1, 2, 3])
            store.rules.requesterPays = true
            for answer in [await client.media("o"), await client.list()] {
                #expect(answer.status == 400)
                let error: ErrorBody = try answer.decoded()
                #expect(error.error.message.contains("requester pays"))
            }
            #expect(await client.xml("o").text.contains("<Code>UserProjectMissing</Code>"))
            #expect(await client.media("o", query: "&userProject=p").status == 200)
            #expect(await client.list("userProject=p").status == 200)
            #expect(await client.xml("o", ("x-goog-user-project", "p")).status == 200)
        }
    }
}

import CodCore

extension CodError {
    /// What an answer comes to that is neither a success nor a redirect. The status alone decides; the body is only quoted.
    static func answer(
        _ head: AnswerHead, _ body: ErrorBody, about subject: RequestSubject, hadToken: Bool
    ) -> CodError {
        let said = body.message.map { " The server says: “\($0)”." } ?? ""
        let error: CodError =
            switch head.status {
            case 401: .unauthorized(subject, said, hadToken: hadToken)
            case 403: .forbidden(subject, said)
            case 404: .notFound(subject, said)
            case 304, 412:
                .changed(subject, "it was replaced")
            case 407:
                CodError(
                    .unreachable, "The proxy wants a user name and password.\(said)",
                    recovery: "Give them in the proxy's address: http://USER:PASSWORD@HOST:PORT.", reach: .job)
            case 408, 429, 500...599:
                CodError(
                    .requestFailed, "The server answered \(head.status) for \(subject.displayName).\(said)",
                    recovery: "Run the same command again later: it goes on from what is saved.", reach: subject.reach,
                    transience: .transient(retryAfter: head.retryAfter),
                    cause: [429, 503].contains(head.status) ? StoreIsBusy() : nil)
            case 400 where body.asksForPayer:
                CodError(
                    .requestFailed, "\(subject.displayName) is in a bucket whose readers pay for their requests.\(said)",
                    recovery: "Name a Google Cloud project of yours that pays: --user-project.",
                    reach: .job)
            case ..<200:
                .violation(subject, "the status is \(head.status)")
            default:
                CodError(
                    .requestFailed, "The server answered \(head.status) for \(subject.displayName).\(said)",
                    reach: subject.reach)
            }
        return subject.locate(error)
    }

    /// An object that is not the one that was listed.
    static func changed(_ subject: RequestSubject, _ reason: String) -> CodError {
        CodError(
            .objectChanged, "\(subject.displayName) has changed since it was listed: \(reason).",
            recovery: "Run the same command again: it plans anew from what is there now.", reach: subject.reach)
    }

    /// An answer that fits no request.
    static func violation(_ subject: RequestSubject, _ reason: String) -> CodError {
        CodError(
            .protocolViolation, "The answer for \(subject.displayName) cannot be used: \(reason).",
            recovery: "Check the storage endpoint, and what stands between here and there (a proxy, a portal).",
            reach: subject.reach, transience: .transient)
    }

    /// A body that something has decompressed, so that it can be neither counted nor checked.
    static func decompressed(_ subject: RequestSubject) -> CodError {
        CodError(
            .protocolViolation, "\(subject.displayName) was decompressed on the way, so it can be neither resumed nor checked.",
            recovery: "A proxy takes “Accept-Encoding” out of requests: try another network.", reach: subject.reach)
    }

    private static func unauthorized(_ subject: RequestSubject, _ said: String, hadToken: Bool) -> CodError {
        hadToken
            ? CodError(
                .unauthorized, "The token was refused for \(subject.displayName): it is wrong or has expired.\(said)",
                recovery: "Get a new link or token and run the same command again: it goes on from what is saved.",
                reach: .job)
            : CodError(
                .unauthorized, "\(subject.displayName) needs credentials, and none were given.\(said)",
                recovery:
                    "Take the whole link, with its token, or give a token (--token-file, --token-command, COD_TOKEN), or sign in: gcloud auth application-default login.",
                reach: .job)
    }

    private static func forbidden(_ subject: RequestSubject, _ said: String) -> CodError {
        let recovery =
            switch subject.kind {
            case .object: "The token does not reach this series: ask the portal for a link that does."
            case .study, .bucket:
                "The token may be limited to another folder of the bucket: check the bucket and prefix, or ask for another link."
            }
        return CodError(
            .forbidden, "Access to \(subject.displayName) was refused.\(said)", recovery: recovery, reach: subject.reach)
    }

    private static func notFound(_ subject: RequestSubject, _ said: String) -> CodError {
        switch subject.kind {
        case .object:
            CodError(
                .objectNotFound, "\(subject.displayName) is not in the store.\(said)",
                recovery: "It may have been moved or removed since it was listed: run the same command again.",
                reach: subject.reach)
        case .study, .bucket:
            CodError(
                .objectNotFound, "The bucket of \(subject.displayName) is not there.\(said)",
                recovery: "Check the bucket's name and the storage endpoint.", reach: .job)
        }
    }
}

internal import NIOCore

/// An error of the service, in the words of both of its APIs.
struct ServiceError: Sendable {
    let status: Int
    /// The JSON API's `reason`, and its `domain`.
    let reason: String
    var domain = "global"
    /// The XML API's `Code`.
    let code: String
    let message: String
    /// The XML API's text and details, where they differ.
    var xmlMessage: String?
    var details: String?
    /// What of the request it is about: `header` and `Range`.
    var location: (type: String, name: String)?
    var headers: [(name: String, value: String)] = []

    func reply(in api: StoreRequest.API) -> StoreReply {
        let (type, body) = api == .json ? ("application/json; charset=UTF-8", json) : ("application/xml; charset=UTF-8", xml)
        return StoreReply(status: status, headers: [("content-type", type)] + headers, body: .bytes(ByteBuffer(string: body)))
    }

    private var json: String {
        var member: [(name: String, value: ReplyJSON)] = [
            ("message", .text(message)), ("domain", .text(domain)), ("reason", .text(reason)),
        ]
        if let location { member += [("locationType", .text(location.type)), ("location", .text(location.name))] }
        return ReplyJSON.object([
            ("error", .object([("code", .number(status)), ("message", .text(message)), ("errors", .list([.object(member)]))]))
        ]).encoded(isPretty: true) + "\n"
    }

    private var xml: String {
        let details = details.map { "<Details>\(Self.escaped($0))</Details>" } ?? ""
        return "<?xml version='1.0' encoding='UTF-8'?><Error><Code>\(code)</Code>"
            + "<Message>\(Self.escaped(xmlMessage ?? message))</Message>\(details)</Error>"
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            default: result.append(character)
            }
        }
    }
}

extension ServiceError {
    static func noSuchObject(_ name: ObjectName, in bucket: String) -> Self {
        ServiceError(
            status: 404, reason: "notFound", code: "NoSuchKey", message: "No such object: \(bucket)/\(name.text)",
            xmlMessage: "The specified key does not exist.", details: "No such object: \(bucket)/\(name.text)")
    }

    static let noSuchBucket = ServiceError(
        status: 404, reason: "notFound", code: "NoSuchBucket", message: "The specified bucket does not exist.")

    static let noSuchPath = ServiceError(status: 404, reason: "notFound", code: "NoSuchKey", message: "Not Found")

    static let readsOnly = ServiceError(
        status: 405, reason: "methodNotAllowed", code: "MethodNotAllowed", message: "This store answers GET and HEAD only.",
        headers: [("allow", "GET, HEAD")])

    static func invalid(_ message: String, parameter: String) -> Self {
        ServiceError(
            status: 400, reason: "invalid", code: "InvalidArgument", message: message, location: ("parameter", parameter))
    }

    static let userProjectMissing = ServiceError(
        status: 400, reason: "required", code: "UserProjectMissing",
        message: "Bucket is a requester pays bucket but no user project provided.",
        details: "Bucket is a requester pays bucket but no user project provided.")

    /// No token where one is needed: the JSON API asks for one, the XML API refuses.
    static func anonymous(_ api: StoreRequest.API, permission: String) -> Self {
        let message =
            "Anonymous caller does not have \(permission) access to the Google Cloud Storage object. "
            + "Permission '\(permission)' denied on resource (or it may not exist)."
        return ServiceError(
            status: api == .json ? 401 : 403, reason: "required", code: "AccessDenied", message: message,
            xmlMessage: "Access denied.", details: message, location: ("header", "Authorization"),
            headers: api == .json ? [("www-authenticate", #"Bearer realm="https://accounts.google.com/""#)] : [])
    }

    static let invalidToken = ServiceError(
        status: 401, reason: "authError", code: "AuthenticationRequired", message: "Invalid Credentials",
        xmlMessage: "Authentication required.", location: ("header", "Authorization"),
        headers: [("www-authenticate", #"Bearer realm="https://accounts.google.com/", error="invalid_token""#)])

    static let preconditionFailed = ServiceError(
        status: 412, reason: "conditionNotMet", code: "PreconditionFailed",
        message: "At least one of the pre-conditions you specified did not hold.", location: ("header", "If-Match"))

    static func unsatisfiable(byteCount: Int64) -> Self {
        ServiceError(
            status: 416, reason: "requestedRangeNotSatisfiable", code: "InvalidRange",
            message: "The requested range cannot be satisfied.", location: ("header", "Range"),
            headers: [("content-range", "bytes */\(byteCount)")])
    }

    /// What the service says with a status that a test asked for.
    static func scripted(_ status: Int) -> Self {
        let (reason, domain, code, message) =
            switch status {
            case 400: ("invalid", "global", "InvalidArgument", "Invalid argument.")
            case 401: ("authError", "global", "AuthenticationRequired", "Invalid Credentials")
            case 403:
                (
                    "forbidden", "global", "AccessDenied",
                    "The caller does not have storage.objects.get access to the Google Cloud Storage object."
                )
            case 404: ("notFound", "global", "NoSuchKey", "The specified key does not exist.")
            case 408: ("requestTimeout", "global", "RequestTimeout", "The request timed out.")
            case 412: ("conditionNotMet", "global", "PreconditionFailed", preconditionFailed.message)
            case 429:
                ("rateLimitExceeded", "usageLimits", "SlowDown", "The object exceeded the rate limit for object reads.")
            default: ("backendError", "global", "InternalError", "We encountered an internal error. Please try again.")
            }
        return ServiceError(
            status: status, reason: reason, domain: domain, code: code, message: message,
            headers: status == 401 ? invalidToken.headers : [])
    }
}

/// Which bytes of an object a request asks for, and what is to be made of an answer to it.
struct RequestedBytes: Equatable, Sendable {
    /// The first byte, counted from the object's.
    let start: Int64
    /// The byte behind the last; `nil` for all there are.
    let end: Int64?
    /// The object's size as it was listed.
    let objectByteCount: Int64?
    /// The object's generation as it was listed.
    let generation: Int64?

    /// The value of the `Range` header; `nil` where the whole object is asked for.
    var rangeHeader: String? {
        guard let end else { return start == 0 ? nil : "bytes=\(start)-" }
        return start == 0 && end == objectByteCount ? nil : "bytes=\(start)-\(end - 1)"
    }

    /// How many bytes are asked for; `nil` where that is not known.
    var byteCount: Int64? { end.map { $0 - start } }

    /// What to do with an answer.
    enum Decision: Equatable {
        /// Take the body, but pass over so many bytes first.
        case accept(skippedByteCount: Int64)
        /// The object ends where the request begins.
        case nothingLeft
        /// The body is whole, but not the bytes as they are stored; see ``AnswerHead/isDecompressed``.
        case decompressed
        /// The object is not the one that was listed.
        case changed(String)
        /// The answer fits no request of ours.
        case violation(String)
    }

    /// Judges the head of an answer with a status of 200 to 299, or 416.
    ///
    /// Where the body begins is read from `Content-Range` whatever the status is: there are servers that answer a range with 200.
    func decision(on head: AnswerHead) -> Decision {
        if let generation, let found = head.generation, found != generation {
            return .changed("its generation is \(found), not \(generation)")
        }
        return switch head.status {
        case 200, 206: decisionOnBody(head)
        case 416: decisionOnUnsatisfiable(head)
        default: .violation("the status is \(head.status)")
        }
    }

    private func decisionOnBody(_ head: AnswerHead) -> Decision {
        if head.isDecompressed { return .decompressed }
        if head.isCompressedOnTheWay { return .violation("its body was compressed on the way") }
        switch head.contentRange {
        case .unreadable(let text): return .violation("its range is “\(text.prefix(100).printable)”")
        case .absent where head.status == 206: return .violation("it does not say which bytes it holds")
        case .absent: return decisionOnWhole(head)
        case .value(let range):
            if let total = range.total, let listed = objectByteCount, total != listed {
                return .changed("it has \(total) bytes, not \(listed)")
            }
            guard let bytes = range.bytes else { return .violation("it does not say which bytes it holds") }
            return decision(onBytes: bytes)
        }
    }

    private func decision(onBytes bytes: Range<Int64>) -> Decision {
        if bytes.lowerBound > start {
            return .violation("it begins at byte \(bytes.lowerBound) and not at \(start)")
        }
        if bytes.upperBound <= start, !(bytes.isEmpty && (objectByteCount ?? 0) <= start) {
            return .violation("it ends at byte \(bytes.upperBound), before \(start)")
        }
        return .accept(skippedByteCount: min(start, bytes.upperBound) - bytes.lowerBound)
    }

    /// The range was ignored, or none was asked for.
    private func decisionOnWhole(_ head: AnswerHead) -> Decision {
        if start > 0, let count = head.contentByteCount, let listed = objectByteCount, count != listed {
            return .violation("it holds \(count) of \(listed) bytes and does not say which")
        }
        return .accept(skippedByteCount: start)
    }

    private func decisionOnUnsatisfiable(_ head: AnswerHead) -> Decision {
        if case .value(let range) = head.contentRange, let total = range.total {
            return total == start && total >= objectByteCount ?? total ? .nothingLeft : .changed("it has \(total) bytes")
        }
        if let objectByteCount, start < objectByteCount {
            return .changed("it has fewer than \(objectByteCount) bytes")
        }
        return .nothingLeft
    }
}

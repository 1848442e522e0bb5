import Yams

extension YamlError {
    /// What is wrong and where: "line 3: could not find expected ':'". Nothing of the text itself, in which passwords may stand.
    var place: String {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line): \(problem)"
        case .reader(let problem, let offset, _, _): offset.map { "character \($0): \(problem)" } ?? problem
        case .duplicatedKeysInMapping(let keys, let context):
            "line \(context.mark.line): keys that come twice: \(keys.sorted().joined(separator: ", "))"
        default: "it cannot be read"
        }
    }
}

import FaceTracking

extension TrainingRecipe {
    /// Keys that say what is annotated.
    static let pointKeys: [String: Setter] = [
        "scheme": .text {
            guard let scheme = LandmarkScheme.named($1) else { return false }
            ($0.model.scheme, $0.model.points) = (scheme.name, scheme.count)
            return true
        }
        .means("what is annotated: ibug68, wflw98, fgnet68, helen194, or a number of points of your own") {
            $0.model.scheme
        },
        "point_names": .texts { $0.points.names = $1 }
            .means("a name for each point, in their order: columns of tables are called by them") {
                Self.list($0.points.names)
            },
        "lines": .lists { $0.points.lines = $1 }
            .means("runs of points, by number or name, that lines join in drawings; closed ones end as they begin") {
                Self.list($0.points.lines.map(Self.list))
            },
        "mirror": .texts { $0.points.mirror = $1 }
            .means(
                "for each point the one that it becomes when the picture is flipped left to right; none: found from the faces' shapes"
            ) { Self.list($0.points.mirror) },
        "unit": .texts { $0.points.unit = $1 }
            .means(
                "two points, left in the picture first, level in an upright face, whose distance errors are told in; none: the size of the box around all points"
            ) { Self.list($0.points.unit) },
    ]

    private static func list(_ words: [String]) -> String {
        words.isEmpty ? "none" : "[\(words.joined(separator: ", "))]"
    }
}

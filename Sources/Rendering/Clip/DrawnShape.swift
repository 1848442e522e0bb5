import Base

/// How lids shut in drawings.
enum DrawnLids {
    /// Upper lids and the lower ones that they meet.
    static let pairs: [(upper: Int, lower: Int)] = [(37, 41), (38, 40), (43, 47), (44, 46)]
    /// Share of an eye's opening that the lashes of a shut one still leave.
    static let shutRest = 0.06
    /// Share of the way that the upper lid goes.
    static let upperShare = 0.85
}

extension AverageFace {
    /// The landmarks where they would be drawn, without drawing.
    package func landmarks(of person: Person, _ pose: Pose, _ expression: FaceExpression = FaceExpression()) -> [Point]
    {
        let shape = shape(rest(of: person), expression)
        return (0..<Self.landmarkCount).map { pose.project(SIMD3(shape[$0].x, shape[$0].y, points[$0].z)) }
    }

    /// The mesh's vertices of a person at rest.
    func rest(of person: Person) -> [Point] {
        var rest = points.map { Point($0.x, $0.y) }
        for (mode, part) in zip(identities, person.shape) {
            for i in rest.indices { rest[i] += part * mode[i] }
        }
        return rest
    }

    /// The mesh's vertices before the head is turned.
    func shape(_ rest: [Point], _ expression: FaceExpression) -> [Point] {
        var shape = rest
        for (mode, amount) in zip(expressions, [expression.mouth, expression.smile, expression.brows]) {
            for i in shape.indices { shape[i] += amount * mode[i] }
        }
        let closing = expression.blink * (1 - DrawnLids.shutRest)
        for (upper, lower) in DrawnLids.pairs {
            let opening = shape[lower] - shape[upper]
            shape[upper] += closing * DrawnLids.upperShare * opening
            shape[lower] -= closing * (1 - DrawnLids.upperShare) * opening
        }
        return shape
    }
}

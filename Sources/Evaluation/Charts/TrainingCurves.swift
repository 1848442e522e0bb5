import Base
import FaceTracking

/// Loss (left scale, the first steps cut off) and validation error in % (right scale) over samples.
func drawTrainingCurves(
    losses: [(samples: Int, value: Double)], errors: [(samples: Int, value: Double)], to path: String
) throws(LandmarkdError) {
    let settled = losses.dropFirst(losses.count > 20 ? 5 : 0)
    try Chart(
        title: "landmarkd train", horizontal: "thousand samples",
        series: [
            Chart.Series(name: "loss", points: settled.map { Point(Double($0.samples) / 1000, $0.value) }),
            Chart.Series(
                name: "validation error, %", points: errors.map { Point(Double($0.samples) / 1000, $0.value) },
                ownScale: true),
        ]
    ).write(to: path)
}

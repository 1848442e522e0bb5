/// Memory that a graph's layers share for rows in work, since they run one after another.
final class Scratch {
    private var areas: [Area: Tensor_] = [:]

    enum Area { case input, output, inputGradient, padded }

    private final class Tensor_ {
        let tensor: Tensor
        init(_ count: Int) { tensor = Tensor(zeros: count) }
    }

    /// Makes sure that `area` holds `count` floats; called while layers are made.
    func reserve(_ area: Area, _ count: Int) {
        if (areas[area]?.tensor.count ?? 0) < count { areas[area] = Tensor_(count) }
    }

    /// Contents are whatever the last layer left.
    subscript(area: Area) -> UnsafeMutablePointer<Float> { areas[area]!.tensor.base }
}

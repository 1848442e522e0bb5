/// Places for the maps of a plan in one piece of memory: maps that are never needed at the same time may share a place.
///
/// Maps that no step writes, or none reads, belong to the owner of the graph and keep memory of their own.
struct MapLayout {
    private(set) var places: [(map: FeatureMap, offset: Int)] = []
    /// Floats of the whole.
    private(set) var count = 0

    /// From the step that writes it to the last that reads it.
    private struct Life {
        let map: FeatureMap
        let first: Int
        var last: Int
    }

    init(_ steps: [any InferenceStep]) {
        var placed: [(life: Life, memory: Range<Int>)] = []
        // Large maps first: small ones find room between them.
        for life in Self.lives(steps).sorted(by: { ($0.map.shape.count, $1.first) > ($1.map.shape.count, $0.first) }) {
            let size = (life.map.shape.count + 15) / 16 * 16
            let taken = placed.filter { $0.life.first <= life.last && life.first <= $0.life.last }.map(\.memory)
            var offset = 0
            for memory in taken.sorted(by: { $0.lowerBound < $1.lowerBound }) {
                if memory.lowerBound >= offset + size { break }
                offset = max(offset, memory.upperBound)
            }
            placed.append((life, offset..<offset + size))
            places.append((life.map, offset))
            count = max(count, offset + size)
        }
    }

    private static func lives(_ steps: [any InferenceStep]) -> [Life] {
        var lives: [ObjectIdentifier: Life] = [:]
        var read: Set<ObjectIdentifier> = []
        for (index, step) in steps.enumerated() {
            for map in step.inputs {
                lives[ObjectIdentifier(map)]?.last = index
                read.insert(ObjectIdentifier(map))
            }
            for map in step.outputs { lives[ObjectIdentifier(map)] = Life(map: map, first: index, last: index) }
        }
        return lives.filter { read.contains($0.key) }.map(\.value)
    }
}

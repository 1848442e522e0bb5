import CKernels

/// How a graph that infers is run: its layers fused into a few steps on weights that are folded and packed once, over maps that share
/// memory where they do not live at the same time.
///
/// Gives what the graph itself gives, up to the rounding of floats. Stages are runs of layers that the owner runs one after the other;
/// inputs of the graph, and maps that no layer reads, keep their numbers until they are written again. Takes the graph's maps over: the
/// graph must not run by itself any more. Bound to one thread; allocates nothing once made.
package final class InferencePlan {
    private let graph: Graph
    private let steps: [any InferenceStep]
    private let stages: [Range<Int>]
    private let maps: Tensor
    private let scratch: Tensor

    /// - Parameters:
    ///   - stages: all layers of the graph, in their order.
    ///   - level: instruction set of the products.
    package init(_ graph: Graph, stages: [Range<Int>], level: Int32 = lm_level()) {
        precondition(graph.infers && graph.batch == 1, "a plan is for graphs that infer, one image at a time")
        precondition(
            stages.flatMap(Array.init) == Array(graph.layers.indices), "stages \(stages) of \(graph.layers.count)")
        self.graph = graph
        let builder = StepBuilder(
            rules: FusionRules(graph.layers, stages: stages), kernels: lm_table_at(level) ?? lm_table_at(0))
        let parts = stages.map { $0.compactMap { builder.step($0) } }
        steps = parts.flatMap(\.self)
        self.stages = parts.indices.map { index in
            let first = parts[..<index].reduce(0) { $0 + $1.count }
            return first..<first + parts[index].count
        }
        let layout = MapLayout(steps)
        maps = Tensor(zeros: layout.count)
        for (map, offset) in layout.places { map.move(to: maps.base + offset) }
        let kept = Set(steps.flatMap { ($0.inputs + $0.outputs).map { ObjectIdentifier($0) } })
        for map in graph.layers.flatMap(\.outputs) where !kept.contains(ObjectIdentifier(map)) { map.release() }
        scratch = Tensor(zeros: steps.map(\.scratchCount).max() ?? 0)
        for step in steps { step.bind(scratch: scratch.base) }
    }

    /// Runs the steps of a stage.
    package func run(_ stage: Int) {
        for step in steps[stages[stage]] { step.run() }
    }

    /// Steps of a stage by their names, each to run by itself, for measurements.
    package func steps(of stage: Int) -> [(name: String, run: () -> Void)] {
        steps[stages[stage]].map { step in (step.name, { step.run() }) }
    }
}

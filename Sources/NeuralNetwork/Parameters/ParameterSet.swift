import Base

/// A named, shaped piece of a `ParameterSet`.
package final class Parameter {
    package let name: String
    package let shape: [Int]
    package let count: Int
    /// Weight decay applies (matrices and kernels; not biases, norms, embeddings).
    package let decays: Bool
    /// First element in the set.
    let offset: Int
    unowned let set: ParameterSet

    init(name: String, shape: [Int], decays: Bool, offset: Int, set: ParameterSet) {
        (self.name, self.shape, self.decays, self.offset, self.set) = (name, shape, decays, offset, set)
        count = shape.reduce(1, *)
    }

    /// Where the parameter lies in the set's elements.
    package var range: Range<Int> { offset..<offset + count }

    /// Valid until the set grows.
    package var values: UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(rebasing: set.elements[range])
    }
    var base: UnsafeMutablePointer<Float> { values.baseAddress! }
}

/// All numbers of one kind (trained weights, or running statistics) of a model in one array, so that optimiser, averaging and
/// saving run over it as a whole. Graphs declare what they need; the first to declare a name initialises it.
package final class ParameterSet: @unchecked Sendable {  // written between steps by one thread, else only read
    package private(set) var parameters: [Parameter] = []
    private var index: [String: Int] = [:]
    private var storage = Tensor(zeros: 1024)
    /// Elements in use, gaps for alignment included.
    package private(set) var count = 0

    package init() {}

    /// All elements; gaps hold zeros. Valid until the set grows.
    package var elements: UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: storage.base, count: count)
    }

    package subscript(name: String) -> Parameter? { index[name].map { parameters[$0] } }

    /// Numbers that count, without the gaps.
    package var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

    func declare(
        _ name: String, _ shape: [Int], decays: Bool, initialize: (UnsafeMutableBufferPointer<Float>) -> Void
    ) -> Parameter {
        if let known = self[name] {
            precondition(known.shape == shape, "\(name) is declared as \(known.shape) and as \(shape)")
            return known
        }
        let parameter = Parameter(name: name, shape: shape, decays: decays, offset: count, set: self)
        grow(to: count + (parameter.count + 15) / 16 * 16)
        index[name] = parameters.count
        parameters.append(parameter)
        initialize(parameter.values)
        return parameter
    }

    private func grow(to newCount: Int) {
        if newCount > storage.count {
            let larger = Tensor(zeros: max(newCount, storage.count * 2))
            larger.base.update(from: storage.base, count: count)
            storage = larger
        }
        count = newCount
    }
}

/// Gradients of a `ParameterSet`, laid out like it; one for each thread.
package final class Gradients: @unchecked Sendable {  // one thread writes; another reads after the step's barrier
    private unowned let set: ParameterSet
    private var storage: Tensor

    init(for set: ParameterSet) {
        self.set = set
        storage = Tensor(zeros: set.count)
    }

    /// All gradients, in the order of the set's elements. Valid until the set grows.
    package var elements: UnsafeMutableBufferPointer<Float> { storage.elements }

    /// Sets all to zero; grows with the set.
    func reset() {
        if storage.count == set.count { storage.fill(0) } else { storage = Tensor(zeros: set.count) }
    }

    subscript(parameter: Parameter) -> UnsafeMutablePointer<Float> { storage.base + parameter.offset }
}

/// A step of a graph: reads maps, writes one. Bound to one thread; allocates nothing once made.
package protocol Layer: AnyObject {
    var name: String { get }
    /// For the whole batch, forward.
    var multiplyAdds: Int { get }
    /// Maps that `forward` reads, and those that it writes.
    var inputs: [FeatureMap] { get }
    var outputs: [FeatureMap] { get }
    /// Takes over weights that changed: folds batch normalisation in graphs that infer, turns matrices in those that train.
    func prepare()
    func forward()
    /// From the gradient of the map written to those of the maps read, and of the parameters.
    func backward()
}

extension Layer {
    package var multiplyAdds: Int { 0 }
    package func prepare() {}
}

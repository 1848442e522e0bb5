import Base
import COpenBLAS

/// The directions in which rows of numbers vary most, each as long as one standard deviation, largest first.
///
/// - Parameters:
///   - rows: `[samples, width]`, the mean taken out, each row times the root of its weight; the weights sum to 1.
///   - count: how many modes, at most `samples` less 8.
///
/// By subspace iteration on the rows' products, which is exact enough where some hundred samples share few modes.
/// A mode's largest part is positive, so that the same rows give the same modes.
func principalModes(_ rows: [Float], samples: Int, width: Int, count: Int) -> [[Float]] {
    precondition(rows.count == samples * width, "\(rows.count) numbers for \(samples)×\(width)")
    precondition(count + 8 <= samples, "\(count) modes of \(samples) samples")
    let products = multiplied(rows, samples, width, by: rows, samples, transposed: true)
    let tries = count + 8
    var random = SplitMix64(seed: 1)
    var basis = (0..<(tries * samples)).map { _ in Float(random.normal()) }
    for _ in 0..<80 {
        orthonormalize(&basis, tries, samples)
        basis = multiplied(basis, tries, samples, by: products, samples, transposed: true)
    }
    orthonormalize(&basis, tries, samples)
    let turned = multiplied(basis, tries, samples, by: products, samples, transposed: true)
    let inner = multiplied(turned, tries, samples, by: basis, tries, transposed: true)
    let axes = eigenvectors(inner.map { Double($0) }, size: tries)
    return axes.prefix(count).map { axis in
        let weights = multiplied(axis.map { Float($0) }, 1, tries, by: basis, samples, transposed: false)
        let mode = multiplied(weights, 1, samples, by: rows, width, transposed: false)
        let largest = mode.max { abs($0) < abs($1) } ?? 0
        return largest < 0 ? mode.map { -$0 } : mode
    }
}

/// a[m, k] · b[k, n], or a[m, k] · b[n, k]ᵀ where `transposed`.
private func multiplied(_ a: [Float], _ m: Int, _ k: Int, by b: [Float], _ n: Int, transposed: Bool) -> [Float] {
    var c = [Float](repeating: 0, count: m * n)
    cblas_sgemm(
        CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, Int32(m), Int32(n), Int32(k), 1, a,
        Int32(k), b, Int32(transposed ? k : n), 0, &c, Int32(n))
    return c
}

/// Gram and Schmidt, each row twice against those before it.
private func orthonormalize(_ rows: inout [Float], _ count: Int, _ width: Int) {
    for i in 0..<count {
        var row = rows[(i * width)..<((i + 1) * width)].map { Double($0) }
        for _ in 0..<2 {
            for j in 0..<i {
                var dot = 0.0
                for c in 0..<width { dot += row[c] * Double(rows[j * width + c]) }
                for c in 0..<width { row[c] -= dot * Double(rows[j * width + c]) }
            }
        }
        let length = max(1e-30, row.reduce(0) { $0 + $1 * $1 }.squareRoot())
        for c in 0..<width { rows[i * width + c] = Float(row[c] / length) }
    }
}

/// Eigenvectors of a symmetric matrix, largest eigenvalue first, by Jacobi's rotations.
func eigenvectors(_ matrix: [Double], size n: Int) -> [[Double]] {
    var a = matrix
    var v = (0..<(n * n)).map { $0 / n == $0 % n ? 1.0 : 0.0 }
    for _ in 0..<60 {
        for p in 0..<n {
            for q in (p + 1)..<max(n, p + 1) where a[p * n + q] != 0 {
                let theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q])
                let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
                let c = 1 / (t * t + 1).squareRoot()
                rotate(&a, &v, p, q, c, t * c, n)
            }
        }
    }
    let order = (0..<n).sorted { a[$0 * n + $0] > a[$1 * n + $1] }
    return order.map { column in (0..<n).map { v[$0 * n + column] } }
}

private func rotate(
    _ a: inout [Double], _ v: inout [Double], _ p: Int, _ q: Int, _ c: Double, _ s: Double, _ n: Int
) {
    for k in 0..<n {
        let (x, y) = (a[k * n + p], a[k * n + q])
        (a[k * n + p], a[k * n + q]) = (c * x - s * y, s * x + c * y)
    }
    for k in 0..<n {
        let (x, y) = (a[p * n + k], a[q * n + k])
        (a[p * n + k], a[q * n + k]) = (c * x - s * y, s * x + c * y)
        let (r, t) = (v[k * n + p], v[k * n + q])
        (v[k * n + p], v[k * n + q]) = (c * r - s * t, s * r + c * t)
    }
}

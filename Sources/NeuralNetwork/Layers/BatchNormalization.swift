/// y = γ·(x − mean)/√(variance + ε) + β for each channel, statistics over this graph's batch while training, running means at
/// inference. Source: Ioffe and Szegedy 2015, "Batch Normalization", algorithms 1 and 2; ε = 1e-5.
///
/// Every training thread takes the statistics of its own images, so threads never wait for each other inside a step.
final class BatchNormalization: ChannelAffine {
    let gamma: Parameter
    let beta: Parameter
    let runningMean: Parameter
    let runningVariance: Parameter
    let sum: Array64<Double>
    let square: Array64<Double>
    /// Statistics of the last batch.
    let mean: Tensor
    let variance: Tensor
    /// dx = gain·g + slope·x + offset: filled by `finishBackward`.
    let gain: Tensor
    let slope: Tensor
    let offset: Tensor

    private static let epsilon: Float = 1e-5

    init(gamma: Parameter, beta: Parameter, runningMean: Parameter, runningVariance: Parameter) {
        (self.gamma, self.beta, self.runningMean, self.runningVariance) = (gamma, beta, runningMean, runningVariance)
        let channels = gamma.count
        sum = Array64(repeating: 0, count: channels)
        square = Array64(repeating: 0, count: channels)
        mean = Tensor(zeros: channels)
        variance = Tensor(zeros: channels)
        gain = Tensor(zeros: channels)
        slope = Tensor(zeros: channels)
        offset = Tensor(zeros: channels)
        super.init(channels: channels)
    }

    func beginForward() {
        sum.fill(0)
        square.fill(0)
    }

    /// Turns the sums over `rows` positions into scale and shift.
    func finishForward(rows: Int) {
        for c in 0..<channels {
            let average = sum[c] / Double(rows)
            mean[c] = Float(average)
            variance[c] = Float(max(0, square[c] / Double(rows) - average * average))
        }
        setScale(mean: mean.elements, variance: variance.elements)
    }

    /// Scale and shift from the running statistics.
    func useRunningStatistics() { setScale(mean: runningMean.values, variance: runningVariance.values) }

    private func setScale(mean: UnsafeMutableBufferPointer<Float>, variance: UnsafeMutableBufferPointer<Float>) {
        let (gamma, beta) = (gamma.values, beta.values)
        for c in 0..<channels {
            scale[c] = gamma[c] / (variance[c] + Self.epsilon).squareRoot()
            shift[c] = beta[c] - mean[c] * scale[c]
        }
    }

    /// Adds the gradients of γ and β and prepares `gain`, `slope`, `offset`. `rows` as in `finishForward`.
    func finishBackward(rows: Int, into gradients: Gradients) {
        let (gammaSink, betaSink, gammas) = (gradients[gamma], gradients[beta], gamma.values)
        for c in 0..<channels {
            let inverse = 1 / Double(variance[c] + Self.epsilon).squareRoot()
            let g = gradientSum[c]
            let product = (gradientProduct[c] - Double(mean[c]) * g) * inverse
            gammaSink[c] += Float(product)
            betaSink[c] += Float(g)
            let weight = Double(gammas[c]) * inverse
            gain[c] = Float(weight)
            slope[c] = Float(-weight * inverse * product / Double(rows))
            offset[c] = Float(-weight * g / Double(rows) + weight * inverse * Double(mean[c]) * product / Double(rows))
        }
    }
}

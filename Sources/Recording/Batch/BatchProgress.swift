import Base

/// How far a batch is. Each step takes the same time, however many recordings there are.
struct BatchProgress {
    private var shares: [Double?]
    private var frames: [Int]
    private var shareSum = 0.0
    private var frameSum = 0
    private var unknownShares = 0
    private var ended = 0
    private let start = monotonicSeconds()

    init(count: Int) {
        shares = [Double?](repeating: 0, count: count)
        frames = [Int](repeating: 0, count: count)
    }

    /// `share` of the job that is done, nil where it does not know.
    mutating func set(_ job: Int, frames count: Int, share: Double?) {
        frameSum += count - frames[job]
        frames[job] = count
        setShare(job, share.map { min(1, max(0, $0)) })
    }

    mutating func end(_ job: Int) {
        setShare(job, 1)
        ended += 1
    }

    private mutating func setShare(_ job: Int, _ share: Double?) {
        shareSum += (share ?? 0) - (shares[job] ?? 0)
        unknownShares += (share == nil ? 1 : 0) - (shares[job] == nil ? 1 : 0)
        shares[job] = share
    }

    /// Share done of all files; nil where one of those being read does not know.
    var share: Double? { unknownShares > 0 ? nil : shareSum / Double(max(1, shares.count)) }

    var detail: String {
        let rate = decimal(Double(frameSum) / max(1e-3, monotonicSeconds() - start), 1)
        let count = "\(frameSum) frames, \(rate) frames/s"
        return shares.count == 1 ? count : "\(ended) of \(shares.count) files, \(count)"
    }
}

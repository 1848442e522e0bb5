import CKernels
import Testing

/// The kernels for one instruction set, whichever the program uses.
struct Level: Sendable, CustomTestStringConvertible {
    let number: Int32

    /// Those that this machine can run.
    static let all = (0...lm_best_level()).map(Level.init)

    var kernels: lm_table { lm_table_at(number).pointee }
    var testDescription: String { String(cString: lm_level_name(number)) }
}

@Test func levelsAreNamedAndTheBestIsInUse() {
    #expect(Level.all.map(\.testDescription) == Array(["plain", "avx2", "avx512"].prefix(Level.all.count)))
    #expect(lm_table_at(lm_best_level() + 1) == nil && lm_table_at(-1) == nil)
    #expect((0...lm_best_level()).contains(lm_level()))
    let asked = ["plain", "avx2", "avx512", "avx", "", "PLAIN"]
    #expect(asked.map { (name: String) in lm_level_named(name) } == [0, 1, 2, -1, -1, -1])
}

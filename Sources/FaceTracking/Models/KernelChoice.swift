import Base
import CKernels
import Glibc

/// Why the variable LANDMARKD_KERNELS is ignored, in one line; nil where it is obeyed or not set.
package func kernelWarning() -> String? {
    guard let asked = getenv("LANDMARKD_KERNELS").map({ String(systemPath: $0) }), !asked.isEmpty else { return nil }
    func name(_ level: Int32) -> String { String(cString: lm_level_name(level)) }
    let (level, best) = (lm_level_named(asked), lm_best_level())
    if level < 0 {
        let names = (LM_LEVEL_PLAIN...LM_LEVEL_AVX512).map { name(Int32($0)) }
        return "LANDMARKD_KERNELS: '\(asked)' is none of \(names.joined(separator: ", ")); \(name(best)) is used"
    }
    if level > best { return "LANDMARKD_KERNELS: this processor has no \(asked); \(name(best)) is used" }
    return nil
}

/// The instruction level that the kernels of this process use: "plain", "avx2" or "avx512".
package func kernelLevel() -> String {
    let best = lm_best_level()
    let asked = getenv("LANDMARKD_KERNELS").map { lm_level_named($0) } ?? -1
    return String(cString: lm_level_name(asked >= 0 && asked <= best ? asked : best))
}

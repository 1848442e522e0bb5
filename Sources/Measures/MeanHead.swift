/// The 68 landmarks of an average head at rest in space: what poses are fitted to.
///
/// The points are those of models/average-face.safetensors: x and y are means over 2009 annotated faces, depth is how landmarks of
/// turned faces move (`ShapeStatistics`). A test keeps both equal. The scale of the depth was checked in two ways. Rigid structure from
/// motion over the same faces, which knows no depth, places the nose's tip at 0.48 of the outer-eye distance before the eye corners
/// (0.45 here; perspective, which it leaves out, makes it too large by some 3 %). Tables of measured heads (Farkas 1994, "Anthropometry
/// of the Head and Face", young adults of North America, men / women, in mm; here at an outer-eye distance of 89.5): outer eye corners
/// 91.2 / 87.8; tip of the nose to its base 19.5 / 19.7, here 19.1; bridge to base of the nose 54.8 / 50.6, here 52.6; bridge to chin
/// 124.7 / 111.4, here 121.1; width of the mouth 54.5 / 50.2, here 55.3.
package enum MeanHead {
    /// Millimetres from the centroid: x to the right of the picture, y down, z away from the viewer.
    package static let points: [SIMD3<Double>] = [
        SIMD3(-74.2, -37.5, 50.8), SIMD3(-73.7, -18.2, 48.8),
        SIMD3(-71.5, 1.2, 48.0), SIMD3(-67.5, 20.1, 46.6),
        SIMD3(-60.1, 37.7, 39.7), SIMD3(-48.5, 52.8, 28.9),
        SIMD3(-34.1, 65.3, 16.3), SIMD3(-18.1, 75.2, 4.3),
        SIMD3(0.0, 77.9, -0.3), SIMD3(18.1, 75.2, 4.3),
        SIMD3(34.1, 65.3, 16.3), SIMD3(48.5, 52.8, 28.9),
        SIMD3(60.1, 37.7, 39.7), SIMD3(67.5, 20.1, 46.6),
        SIMD3(71.5, 1.2, 48.0), SIMD3(73.7, -18.2, 48.8),
        SIMD3(74.2, -37.5, 50.8), SIMD3(-59.8, -53.2, 8.5),
        SIMD3(-50.6, -61.1, -0.8), SIMD3(-37.8, -63.4, -8.1),
        SIMD3(-24.6, -61.6, -14.5), SIMD3(-12.0, -56.8, -19.9),
        SIMD3(12.0, -56.8, -19.9), SIMD3(24.6, -61.6, -14.5),
        SIMD3(37.8, -63.4, -8.1), SIMD3(50.6, -61.1, -0.8),
        SIMD3(59.8, -53.2, 8.5), SIMD3(0.0, -41.4, -21.2),
        SIMD3(0.0, -28.5, -26.3), SIMD3(0.0, -15.7, -32.2),
        SIMD3(0.0, -2.6, -38.2), SIMD3(-14.7, 6.3, -20.2),
        SIMD3(-7.6, 8.8, -23.4), SIMD3(0.0, 11.1, -25.0),
        SIMD3(7.6, 8.8, -23.4), SIMD3(14.7, 6.3, -20.2),
        SIMD3(-44.9, -39.4, 2.0), SIMD3(-37.1, -44.0, -2.4),
        SIMD3(-27.5, -43.9, -3.8), SIMD3(-19.4, -37.8, -3.4),
        SIMD3(-28.2, -35.8, -3.3), SIMD3(-37.7, -35.9, -1.6),
        SIMD3(19.4, -37.8, -3.4), SIMD3(27.5, -43.9, -3.8),
        SIMD3(37.1, -44.0, -2.4), SIMD3(44.9, -39.4, 2.0),
        SIMD3(37.7, -35.9, -1.6), SIMD3(28.2, -35.8, -3.3),
        SIMD3(-27.6, 30.4, 1.4), SIMD3(-17.3, 26.6, -11.1),
        SIMD3(-7.1, 24.4, -18.8), SIMD3(0.0, 26.3, -19.9),
        SIMD3(7.1, 24.4, -18.8), SIMD3(17.3, 26.6, -11.1),
        SIMD3(27.6, 30.4, 1.4), SIMD3(17.5, 38.0, -7.9),
        SIMD3(7.6, 41.3, -14.8), SIMD3(0.0, 42.0, -16.0),
        SIMD3(-7.6, 41.3, -14.8), SIMD3(-17.5, 38.0, -7.9),
        SIMD3(-23.3, 30.9, 0.2), SIMD3(-7.2, 31.2, -17.4),
        SIMD3(0.0, 32.0, -18.6), SIMD3(7.2, 31.2, -17.4),
        SIMD3(23.3, 30.9, 0.2), SIMD3(7.2, 31.7, -16.4),
        SIMD3(0.0, 32.5, -17.5), SIMD3(-7.2, 31.7, -16.4),
    ]

    /// Millimetres between the outer eye corners.
    package static let outerEyeDistance = 89.5
    /// The centroid in the mesh's axes (z towards the viewer), in outer-eye distances.
    package static let meshOrigin = SIMD3(0, 0.0000, 0.0226)

    /// How much each landmark counts in the fit: what stays in place while a face speaks, smiles and blinks counts most. The jaw's
    /// points lie on the outline, which is another line on the head when it turns; the upper lids move with each blink.
    package static let weights: [Double] = {
        var weights = [Double](repeating: 0.1, count: 68)
        for i in 0...16 { weights[i] = 3...13 ~= i ? 0.1 : 0.15 }
        for i in 17...26 { weights[i] = 0.2 }
        for i in 27...35 { weights[i] = i <= 30 ? 0.8 : 0.6 }
        for i in [36, 39, 42, 45] { weights[i] = 0.5 }
        for i in [37, 38, 43, 44] { weights[i] = 0 }
        for i in [40, 41, 46, 47] { weights[i] = 0.2 }
        for i in [48, 54] { weights[i] = 0.3 }
        for i in 50...52 { weights[i] = 0.3 }
        return weights
    }()
}

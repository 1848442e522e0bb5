/// Dense numbers, row-major (last index fastest), 64-byte aligned, exactly one owner; not copied by accident.
package struct Array64<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {  // it has exactly one owner
    package let count: Int
    let base: UnsafeMutablePointer<Element>
    private let ownsMemory: Bool

    /// `count` elements, each `value`.
    package init(repeating value: Element, count: Int) {
        (self.count, ownsMemory) = (count, true)
        let bytes = max(count, 1) * MemoryLayout<Element>.stride
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        base = raw.initializeMemory(as: Element.self, repeating: value, count: max(count, 1))
    }

    /// A view of memory that its owner keeps alive for as long as this array is used.
    init(viewing memory: UnsafeMutablePointer<Element>, count: Int) {
        (self.count, base, ownsMemory) = (count, memory, false)
    }

    deinit { if ownsMemory { base.deallocate() } }

    package subscript(index: Int) -> Element {
        get { base[index] }
        nonmutating set { base[index] = newValue }
    }

    /// The elements, for as long as the owner lives.
    package var elements: UnsafeMutableBufferPointer<Element> { UnsafeMutableBufferPointer(start: base, count: count) }

    package func fill(_ value: Element) { elements.update(repeating: value) }
}

package typealias Tensor = Array64<Float>

extension Array64 where Element == Float {
    package init(zeros count: Int) { self.init(repeating: 0, count: count) }
}

/// Dense numbers, row-major (last index fastest), 64-byte aligned, exactly one owner; not copied by accident.
public struct Array64<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {  // whoever has it has all of it
    public let count: Int
    let base: UnsafeMutablePointer<Element>

    /// `count` elements, each `value`.
    public init(repeating value: Element, count: Int) {
        self.count = count
        let bytes = max(count, 1) * MemoryLayout<Element>.stride
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        base = raw.initializeMemory(as: Element.self, repeating: value, count: max(count, 1))
    }

    deinit { base.deallocate() }

    public subscript(index: Int) -> Element {
        get { base[index] }
        nonmutating set { base[index] = newValue }
    }

    /// The elements, for as long as the owner lives.
    public var elements: UnsafeMutableBufferPointer<Element> { UnsafeMutableBufferPointer(start: base, count: count) }

    public func fill(_ value: Element) { elements.update(repeating: value) }
}

public typealias Tensor = Array64<Float>

extension Array64 where Element == Float {
    public init(zeros count: Int) { self.init(repeating: 0, count: count) }
}

import Foundation

/// Memory whose last byte lies before a page that may not be touched: reading or writing past its
/// end stops the test.
final class Guarded<Element: BitwiseCopyable> {
    let pointer: UnsafeMutablePointer<Element>
    let count: Int
    private let mapping: UnsafeMutableRawPointer
    private let mappedBytes: Int

    init(_ elements: [Element]) {
        let page = Int(getpagesize())
        count = elements.count
        let bytes = max(1, count) * MemoryLayout<Element>.stride
        let usable = (bytes + page - 1) / page * page
        mappedBytes = usable + page
        guard
            let mapped = mmap(
                nil, mappedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            mapped != MAP_FAILED
        else { preconditionFailure("no memory for a test") }
        mapping = mapped
        precondition(mprotect(mapped + usable, page, PROT_NONE) == 0, "the guard page stays open")
        let start = mapped + usable - bytes
        pointer = start.bindMemory(to: Element.self, capacity: max(1, count))
        pointer.initialize(from: elements, count: count)
    }

    convenience init(repeating element: Element, count: Int) {
        self.init([Element](repeating: element, count: count))
    }

    deinit { munmap(mapping, mappedBytes) }

    var elements: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}

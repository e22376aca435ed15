import CKernels
import Foundation
import Synchronization
import Testing

/// What jobs of these tests write down.
private final class Notes: Sendable {
    let order = Mutex<[Int]>([])
    let workers = Mutex<Set<Int32>>([])
    let foreign = Atomic<Int>(0)

    /// Runs `parts` parts on `context` and notes each.
    func run(_ context: OpaquePointer, parts: Int) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        ck_parallel(
            context, parts,
            { raw, part, worker in
                guard let raw else { return }
                let notes = Unmanaged<Notes>.fromOpaque(raw).takeUnretainedValue()
                notes.order.withLock { $0.append(part) }
                notes.workers.withLock { _ = $0.insert(worker) }
                if ck_environment_is_canonical() == 0 { notes.foreign.add(1, ordering: .relaxed) }
            }, me)
    }
}

private func withContext<Result>(
    _ isa: ck_isa = ck_isa_best(), threads: Int32, _ body: (OpaquePointer) throws -> Result
) throws -> Result {
    let context = try #require(ck_context_create(isa, threads))
    defer { ck_context_destroy(context) }
    return try body(context)
}

@Suite struct ContextTests {
    @Test(arguments: [1, 2, 3, 7] as [Int32])
    func `every part runs exactly once, on a worker that exists`(threads: Int32) throws {
        try withContext(threads: threads) { context in
            #expect(ck_context_threads(context) == threads)
            for parts in [0, 1, 2, 5, 64, 1000] {
                let notes = Notes()
                notes.run(context, parts: parts)
                #expect(notes.order.withLock { $0.sorted() } == Array(0..<parts))
                #expect(notes.workers.withLock { $0.allSatisfy { (0..<threads).contains($0) } })
            }
        }
    }

    @Test func `one thread runs the parts in order`() throws {
        try withContext(threads: 1) { context in
            let notes = Notes()
            notes.run(context, parts: 100)
            #expect(notes.order.withLock { $0 } == Array(0..<100))
        }
    }

    @Test func `thousands of small jobs in a row lose no part`() throws {
        try withContext(threads: 3) { context in
            for round in 0..<5000 {
                let total = Atomic<Int>(0)
                let parts = 1 + round % 11
                withUnsafePointer(to: total) { pointer in
                    let raw = UnsafeMutableRawPointer(mutating: pointer)
                    ck_parallel(
                        context, parts,
                        { raw, part, _ in
                            let total = raw?.assumingMemoryBound(to: Atomic<Int>.self)
                            total?.pointee.add(part + 1, ordering: .relaxed)
                        }, raw)
                }
                #expect(total.load(ordering: .relaxed) == parts * (parts + 1) / 2)
            }
        }
    }

    @Test func `threads that fell asleep are woken by the next job`() throws {
        try withContext(threads: 2) { context in
            for _ in 0..<50 {
                // Longer than threads wait awake.
                let end = ContinuousClock.now + .microseconds(300)
                while ContinuousClock.now < end {}
                let notes = Notes()
                notes.run(context, parts: 8)
                #expect(notes.order.withLock { $0.count } == 8)
            }
        }
    }

    @Test func `jobs run in the canonical environment, and the caller's own is put back`() throws {
        try withContext(threads: 2) { context in
            #expect(ck_environment_is_canonical() == 1)
            let upward: Int32 = FE_UPWARD, nearest: Int32 = FE_TONEAREST
            #expect(fesetround(upward) == 0)
            defer { fesetround(nearest) }
            let notes = Notes()
            notes.run(context, parts: 100)
            #expect(fegetround() == upward)
            #expect(ck_environment_is_canonical() == 0)
            #expect(notes.foreign.load(ordering: .relaxed) == 0)
        }
    }

    @Test func `a context that cannot be is refused`() {
        #expect(ck_context_create(CK_SCALAR, 0) == nil)
        #expect(ck_context_create(CK_SCALAR, -1) == nil)
        #expect(ck_context_create(CK_SCALAR, Int32(CK_THREADS_MAX) + 1) == nil)
        #expect(ck_context_create(ck_isa(rawValue: 99), 1) == nil)
        for isa in [CK_AVX2, CK_AVX512, CK_NEON] where ck_isa_supported(isa) == 0 {
            #expect(ck_context_create(isa, 1) == nil)
        }
        #expect(ck_isa_supported(CK_SCALAR) == 1)
        #expect(ck_isa_supported(ck_isa_best()) == 1)
    }

    @Test func `scratch is aligned, large enough and apart per worker and slot`() throws {
        try withContext(threads: 2) { context in
            var ranges: [Range<Int>] = []
            for worker in 0..<2 as Range<Int32> {
                for slot in 0..<4 as Range<Int32> {
                    _ = ck_scratch(context, worker, slot, 10)
                    let bytes = 3_000_000 + Int(slot)
                    let memory = try #require(ck_scratch(context, worker, slot, bytes))
                    memset(memory, 1, bytes)
                    let start = Int(bitPattern: memory)
                    #expect(start % 64 == 0)
                    #expect(ck_scratch(context, worker, slot, 100) == memory)
                    #expect(ranges.allSatisfy { !$0.overlaps(start..<start + bytes) })
                    ranges.append(start..<start + bytes)
                }
            }
        }
    }

    @Test(arguments: [0, 1, 63, 64, 4097, 1 << 20, (1 << 20) - 1, 5_000_001])
    func `allocated memory is aligned and zero`(bytes: Int) throws {
        let memory = try #require(ck_alloc(bytes))
        defer { ck_free(memory, bytes) }
        #expect(Int(bitPattern: memory) % 64 == 0)
        #expect(UnsafeRawBufferPointer(start: memory, count: bytes).allSatisfy { $0 == 0 })
        memset(memory, 0xFF, bytes)
    }

    @Test func `memory that no machine has is refused`() {
        #expect(ck_alloc(Int.max) == nil)
    }
}

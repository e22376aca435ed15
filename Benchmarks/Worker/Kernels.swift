import CCeilings
import CKernels

/// The kernels of one thread count, and the calls of each case.
final class Kernels {
    let threads: Int32
    let context: OpaquePointer

    /// Nil where the machine has no such number of threads.
    init?(threads: Int32) {
        guard (1...256).contains(threads),
            let context = ck_context_create(ck_isa_best(), threads)
        else { return nil }
        self.threads = threads
        self.context = context
    }

    deinit { ck_context_destroy(context) }

    /// What the driver writes beside our figures.
    var settings: [String: String] {
        let names = [CK_SCALAR: "scalar", CK_AVX2: "AVX2", CK_AVX512: "AVX-512", CK_NEON: "NEON"]
        return [
            "threads": "\(threads)",
            "instructions": names[ck_context_isa(context)] ?? "unknown",
            "weights": "packed once; bf16 training has fp32 master weights",
        ]
    }

    /// Every way we have to run the case; the first one is what is judged.
    func calls(of benchmark: Benchmark) throws -> [Call] {
        switch (benchmark.op, benchmark.dtype) {
        case ("gemm", "fp32"): try gemm(benchmark, CK_F32)
        case ("gemm", "bf16"): try gemm(benchmark, CK_BF16)
        case ("softmax", "fp32"): try softmax(benchmark)
        case ("rmsnorm", "fp32"): try rmsnorm(benchmark)
        case ("swiglu", "fp32"): try swiglu(benchmark)
        case ("adamw", "fp32"): try adamw(benchmark)
        case ("read", _): try read(benchmark)
        case ("fma", _): try fma(benchmark)
        case ("train", _): try training(benchmark)
        case ("prefill", _): try prefill(benchmark)
        case ("decode", _): try decoding(benchmark)
        default: throw Unsupported(reason: "no operator \(benchmark.op) in \(benchmark.dtype)")
        }
    }

    /// Parts are many, so that threads that finish early take more.
    private var parts: Int { Int(threads) * 16 }

    private func read(_ benchmark: Benchmark) throws -> [Call] {
        let wanted = try benchmark.sizes(\.bytes)[0]
        let bytes = wanted / (64 * parts) * (64 * parts)
        let memory = try Floats(bytes / 4, value: 1)
        var job = ceiling(
            memory: UnsafeRawPointer(memory.start), bytes: bytes, fmas: 0, parts: parts)
        return [
            Call(variant: "plain read") { [self] in
                withExtendedLifetime(memory) {
                    ck_parallel(context, parts, ceiling_read_job, &job)
                }
            }
        ]
    }

    private func fma(_ benchmark: Benchmark) throws -> [Call] {
        guard ceiling_has_fma() == 1 else {
            throw Unsupported(reason: "no fused multiply-add on this machine")
        }
        let count = try benchmark.sizes(\.fmas)[0]
        var job = ceiling(memory: nil, bytes: 0, fmas: count, parts: parts)
        return [
            Call(variant: "fma chains") { [self] in
                ck_parallel(context, parts, ceiling_fma_job, &job)
            }
        ]
    }
}

/// Aligned floats in huge pages where the machine has them.
final class Floats {
    let start: UnsafeMutablePointer<Float>
    let count: Int

    /// Zeroed, or all of them `value`.
    init(_ count: Int, value: Float = 0) throws {
        let bytes = max(64, count * MemoryLayout<Float>.stride)
        guard let memory = ck_alloc(bytes) else {
            throw WorkerError(reason: "no memory for \(bytes) bytes; choose a smaller case")
        }
        start = memory.bindMemory(to: Float.self, capacity: bytes / 4)
        self.count = bytes / 4
        start.update(repeating: value, count: self.count)
    }

    /// Values between -1 and 1 that look random.
    convenience init(random count: Int) throws {
        try self.init(count)
        var state: UInt32 = 2_463_534_242
        for index in 0..<count {
            state ^= state << 13
            state ^= state >> 17
            state ^= state << 5
            start[index] = Float(Int32(bitPattern: state)) * 0x1p-31
        }
    }

    deinit { ck_free(start, count * 4) }
}

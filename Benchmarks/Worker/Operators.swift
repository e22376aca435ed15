import CKernels

/// The operators of the suite `operators`, as the engine calls them: operands in place, no copies.
extension Kernels {
    /// y = x Wᵀ: the judged call has its weights packed once; the other packs them in each call.
    func gemm(_ benchmark: Benchmark, _ type: ck_dtype) throws -> [Call] {
        let size = try benchmark.sizes(\.m, \.k, \.n)
        let (m, k, n) = (size[0], size[1], size[2])
        let x = try Floats(random: m * k)
        let w = try Floats(random: n * k)
        let y = try Floats(m * n)
        let packed = try Floats(ck_packed_bytes(type, k, n) / 4)
        ck_pack(context, type, k, n, w.start, CK_F32, 1, k, packed.start)
        var product = ck_matmul()
        product.batch = 1
        product.m = m
        product.n = n
        product.k = k
        product.a = UnsafePointer(x.start)
        product.a_row = k
        product.a_col = 1
        product.b_row = 1
        product.b_col = k
        product.c = y.start
        product.c_row = n
        product.product = type
        var (first, second) = (product, product)
        first.b = UnsafeRawPointer(packed.start)
        first.b_type = type
        first.b_packed = 1
        second.b = UnsafeRawPointer(w.start)
        second.b_type = CK_F32
        let operands = [x, w, y, packed]
        let context = context
        return [
            Call(variant: "packed") {
                withExtendedLifetime(operands) { ck_matmul_run(context, &first) }
            },
            Call(variant: "row-major weights") {
                withExtendedLifetime(operands) { ck_matmul_run(context, &second) }
            },
        ]
    }

    func softmax(_ benchmark: Benchmark) throws -> [Call] {
        let size = try benchmark.sizes(\.rows, \.n)
        let x = try Floats(random: size[0] * size[1])
        let y = try Floats(size[0] * size[1])
        let context = context
        return [
            Call(variant: "softmax") { ck_softmax_f32(context, size[0], size[1], x.start, y.start) }
        ]
    }

    func rmsnorm(_ benchmark: Benchmark) throws -> [Call] {
        let size = try benchmark.sizes(\.rows, \.n)
        let x = try Floats(random: size[0] * size[1])
        let y = try Floats(size[0] * size[1])
        let w = try Floats(random: size[1])
        let context = context
        return [
            Call(variant: "rmsnorm") {
                ck_rmsnorm_f32(context, size[0], size[1], x.start, w.start, 1e-6, y.start, nil)
            }
        ]
    }

    func swiglu(_ benchmark: Benchmark) throws -> [Call] {
        let size = try benchmark.sizes(\.rows, \.n)
        let count = size[0] * size[1]
        let gate = try Floats(random: count)
        let up = try Floats(random: count)
        let y = try Floats(count)
        let context = context
        return [
            Call(variant: "swiglu") {
                ck_swiglu_f32(context, count, gate.start, up.start, y.start)
            }
        ]
    }

    func adamw(_ benchmark: Benchmark) throws -> [Call] {
        let count = try benchmark.sizes(\.n)[0]
        let p = try Floats(random: count)
        let g = try Floats(random: count)
        let m = try Floats(count)
        let v = try Floats(count)
        let scale = try Floats(1, value: 1)
        var constants = ck_adamw(
            rate: 1e-3, beta1: 0.9, beta2: 0.999, a1: 0.1, a2: 0.001, c1: 1, c2: 1,
            epsilon: 1e-8, decay: 1 - 1e-3 * 0.01)
        let context = context
        return [
            Call(variant: "adamw") {
                ck_adamw_f32(
                    context, count, &constants, scale.start, g.start, p.start, m.start, v.start)
            }
        ]
    }
}

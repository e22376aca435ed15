import CKernels
import TestSupport
import Testing

/// One convolution, and its definition as a matrix product over gathered operands.
private struct Convolution: CustomStringConvertible {
    var shape: ck_conv3d
    var a: [Float], w: [Float], bias: [Float], outputGradient: [Float]

    init(_ shape: ck_conv3d, content: Content, seed: inout Seed) {
        self.shape = shape
        a = content.values(
            shape.batch * shape.depth * shape.height * shape.width * shape.in, from: &seed)
        w = content.values(shape.out * shape.kd * shape.kh * shape.kw * shape.in, from: &seed)
        bias = content.values(shape.out, from: &seed)
        outputGradient = []
        outputGradient = content.values(
            shape.batch * size[0] * size[1] * size[2] * shape.out, from: &seed)
    }

    static func random(_ seed: inout Seed) -> Convolution {
        let channels = [1, 2, 3, 8, 16, 19, 64, 70], kernels = [1, 2, 3, 5]
        func any(_ values: [Int]) -> Int { values.randomElement(using: &seed) ?? 1 }
        let shape = ck_conv3d(
            batch: any([1, 2, 3]), depth: any([5, 6, 7]), height: any([5, 6]), width: any([5, 8]),
            in: any(channels), out: any(channels), kd: any(kernels), kh: any(kernels),
            kw: any(kernels),
            stride: any([1, 1, 2]), padding: any([0, 1, 2]))
        return Convolution(
            shape, content: Content.allCases.randomElement(using: &seed) ?? .plain, seed: &seed)
    }

    var description: String { "\(shape)" }

    /// Output depth, height and width.
    var size: [Int] {
        [(shape.depth, shape.kd), (shape.height, shape.kh), (shape.width, shape.kw)].map {
            ($0 + 2 * shape.padding - $1) / shape.stride + 1
        }
    }

    struct Results { var y: [Float], dx: [Float], dw: [Float] }

    func results(_ context: TileContext) -> Results {
        var shape = shape
        var r = Results(
            y: Array(repeating: .nan, count: outputGradient.count),
            dx: Array(repeating: .nan, count: a.count), dw: Array(repeating: .nan, count: w.count))
        ck_conv3d_f32(context.pointer, &shape, a, w, bias, &r.y)
        ck_conv3d_backward_input_f32(context.pointer, &shape, w, outputGradient, &r.dx)
        ck_conv3d_backward_weight_f32(context.pointer, &shape, a, outputGradient, &r.dw)
        return r
    }

    /// The input index under output voxel (b, z, y, x) at kernel offset (i, j, k), or nil in the padding.
    private func input(_ b: Int, _ voxel: [Int], _ offset: [Int]) -> Int? {
        let at = (0..<3).map { voxel[$0] * shape.stride + offset[$0] - shape.padding }
        let inside = zip(at, [shape.depth, shape.height, shape.width]).allSatisfy { 0..<$1 ~= $0 }
        guard inside else { return nil }
        return (((b * shape.depth + at[0]) * shape.height + at[1]) * shape.width + at[2]) * shape.in
    }

    private static func every(_ size: [Int]) -> [[Int]] {
        (0..<size[0]).flatMap { z in
            (0..<size[1]).flatMap { y in (0..<size[2]).map { x in [z, y, x] } }
        }
    }

    private func blocks(_ terms: [(Float, Float)]) -> Float {
        stride(from: 0, to: terms.count, by: 256).reduce(nil as Float?) { sum, from in
            let p = terms[from..<min(terms.count, from + 256)].reduce(Float(0)) {
                $0.addingProduct($1.0, $1.1)
            }
            return sum.map { $0 + p } ?? p
        } ?? 0
    }

    func written() -> Results {
        var r = Results(
            y: Array(repeating: .nan, count: outputGradient.count),
            dx: Array(repeating: .nan, count: a.count), dw: Array(repeating: .nan, count: w.count))
        let offsets = Self.every([shape.kd, shape.kh, shape.kw]), voxels = Self.every(size)
        let rows = (0..<shape.batch).flatMap { b in voxels.map { (b, $0) } }
        var meets: [[(offset: Int, row: Int)]] = Array(repeating: [], count: a.count)
        for (o, offset) in offsets.enumerated() {
            for (row, (b, voxel)) in rows.enumerated() {
                if let i = input(b, voxel, offset) { meets[i].append((o, row)) }
            }
        }
        func weight(_ out: Int, _ offset: Int, _ channel: Int) -> Int {
            (out * offsets.count + offset) * shape.in + channel
        }
        for (row, (b, voxel)) in rows.enumerated() {
            let at = offsets.map { input(b, voxel, $0) }
            for out in 0..<shape.out {
                let terms = offsets.indices.flatMap { o in
                    (0..<shape.in).map { c in (at[o].map { a[$0 + c] } ?? 0, w[weight(out, o, c)]) }
                }
                r.y[row * shape.out + out] = blocks(terms) + bias[out]
            }
        }
        for i in stride(from: 0, to: a.count, by: shape.in) {
            for c in 0..<shape.in {
                let terms = offsets.indices.flatMap { o in
                    let row = meets[i].first { $0.offset == o }?.row
                    return (0..<shape.out).map { out in
                        (
                            row.map { outputGradient[$0 * shape.out + out] } ?? 0,
                            w[weight(out, o, c)]
                        )
                    }
                }
                r.dx[i + c] = blocks(terms)
            }
        }
        for (o, offset) in offsets.enumerated() {
            let at = rows.map { input($0.0, $0.1, offset) }
            for c in 0..<shape.in {
                for out in 0..<shape.out {
                    r.dw[weight(out, o, c)] = blocks(
                        rows.indices.map { row in
                            (outputGradient[row * shape.out + out], at[row].map { a[$0 + c] } ?? 0)
                        })
                }
            }
        }
        return r
    }
}

@Suite struct Conv3DTests {
    @Test(arguments: [
        ck_conv3d(
            batch: 1, depth: 3, height: 4, width: 5, in: 1, out: 1, kd: 2, kh: 3, kw: 2, stride: 1,
            padding: 0),
        ck_conv3d(
            batch: 2, depth: 4, height: 3, width: 5, in: 3, out: 4, kd: 3, kh: 2, kw: 3, stride: 2,
            padding: 1),
        ck_conv3d(
            batch: 3, depth: 5, height: 5, width: 5, in: 11, out: 3, kd: 3, kh: 3, kw: 3, stride: 1,
            padding: 1),
        ck_conv3d(
            batch: 1, depth: 2, height: 3, width: 3, in: 2, out: 12, kd: 3, kh: 3, kw: 3, stride: 1,
            padding: 2),
    ])
    func `the scalar kernel is the written matrix product`(shape: ck_conv3d) throws {
        for content in Content.allCases {
            var seed = Seed(UInt64(shape.in))
            let convolution = Convolution(shape, content: content, seed: &seed)
            let found = convolution.results(try TileContext(CK_SCALAR, threads: 1))
            let expected = convolution.written()
            #expect(firstDifference(found.y, expected.y) == nil, "y, \(content)")
            #expect(firstDifference(found.dx, expected.dx) == nil, "dx, \(content)")
            #expect(firstDifference(found.dw, expected.dw) == nil, "dw, \(content)")
        }
    }

    @Test(arguments: 0..<16 as Range<UInt64>)
    func `every instruction set and thread count gives the scalar bits`(number: UInt64) throws {
        var seed = Seed(number)
        let convolution = Convolution.random(&seed)
        let expected = convolution.results(try TileContext(CK_SCALAR, threads: 1))
        for (name, context) in try TileContext.vector() {
            let found = convolution.results(context)
            #expect(firstDifference(found.y, expected.y) == nil, "y, \(convolution), \(name)")
            #expect(firstDifference(found.dx, expected.dx) == nil, "dx, \(convolution), \(name)")
            #expect(firstDifference(found.dw, expected.dw) == nil, "dw, \(convolution), \(name)")
        }
    }

    @Test func `gradients are the adjoints of the convolution`() throws {
        var seed = Seed(3)
        let shape = ck_conv3d(
            batch: 2, depth: 5, height: 6, width: 7, in: 5, out: 6, kd: 3, kh: 2, kw: 3, stride: 2,
            padding: 1)
        var convolution = Convolution(shape, content: .plain, seed: &seed)
        convolution.bias = Array(repeating: 0, count: shape.out)
        let r = convolution.results(try TileContext(ck_isa_best(), threads: 2))
        func inner(_ a: [Float], _ b: [Float]) -> Double {
            zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let loss = inner(r.y, convolution.outputGradient)
        #expect(abs(loss - inner(r.dx, convolution.a)) < 1e-4)
        #expect(abs(loss - inner(r.dw, convolution.w)) < 1e-4)
        #expect(abs(loss) > 1)
    }
}

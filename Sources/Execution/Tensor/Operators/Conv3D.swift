import CKernels

/// 3-D convolution, see `ck_conv3d.h`: `x [B, D, H, W, in]`, `weight [out, kd, kh, kw, in]`, `bias [out]`.
struct Conv3D: Operator {
    static let name = "conv3d"
    let stride: Int, padding: Int

    init(stride: Int, padding: Int) {
        self.stride = stride
        self.padding = padding
    }
    init(from attributes: inout AttributeReader) throws(ProgramError) {
        stride = try attributes.integer()
        padding = try attributes.integer()
        guard (1...1024).contains(stride), (0...1024).contains(padding) else {
            throw .malformed("a stride from 1 and a padding from 0, up to 1024")
        }
    }
    func encode(into attributes: inout AttributeWriter) {
        attributes.integer(stride)
        attributes.integer(padding)
    }

    fileprivate func geometry(_ x: Shape, _ weight: Shape) -> ck_conv3d {
        ck_conv3d(
            batch: x[0], depth: x[1], height: x[2], width: x[3], in: x[4], out: weight[0],
            kd: weight[1], kh: weight[2], kw: weight[3], stride: stride, padding: padding)
    }
    private func extent(_ input: Int, _ kernel: Int) -> Int { (input + 2 * padding - kernel) / stride + 1 }

    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(
            inputs.count == 3 && inputs[0].shape.rank == 5 && inputs[1].shape.rank == 5,
            "x [B, D, H, W, in], weight [out, kd, kh, kw, in] and a bias")
        let x = inputs[0].shape, weight = inputs[1].shape
        try require(
            weight[4] == x[4] && inputs[2].shape == [weight[0]], "\(x), \(weight), \(inputs[2].shape)")
        for axis in 1...3 {
            try require(x[axis] + 2 * padding >= weight[axis], "a kernel no larger than the padded input")
        }
        let extents = (1...3).map { extent(x[$0], weight[$0]) }
        return [TensorType(Shape([x[0]] + extents + [weight[0]]))]
    }
    func gradients(in graph: inout Graph, of node: Node, given gradients: [Value?]) -> [Value?] {
        guard let dy = gradients[0] else { return [nil, nil, nil] }
        let gradient = Conv3DGradient(forward: self)
        return graph.apply(gradient, [node.inputs[0], node.inputs[1], dy]) + [graph.sumColumns(dy)]
    }
    func run(_ frame: Frame) {
        let x = frame.inputs[0], weight = frame.inputs[1]
        var geometry = geometry(x.type.shape, weight.type.shape)
        ck_conv3d_f32(
            frame.context, &geometry, x.floats, weight.floats, frame.inputs[2].floats,
            frame.outputs[0].floats)
    }
}

/// The gradients of input and weight.
struct Conv3DGradient: Operator {
    static let name = "conv3d_gradient"
    let forward: Conv3D

    init(forward: Conv3D) { self.forward = forward }
    init(from attributes: inout AttributeReader) throws(ProgramError) {
        forward = try Conv3D(from: &attributes)
    }
    func encode(into attributes: inout AttributeWriter) { forward.encode(into: &attributes) }
    func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
        try require(inputs.count == 3 && inputs[1].shape.rank == 5, "x, weight and the gradient")
        let bias = TensorType([inputs[1].shape[0]])
        let expected = try forward.outputTypes([inputs[0], inputs[1], bias])
        try require(inputs[2] == expected[0], "a gradient of \(expected[0])")
        return [inputs[0], inputs[1]]
    }
    func run(_ frame: Frame) {
        let x = frame.inputs[0], weight = frame.inputs[1], dy = frame.inputs[2]
        var geometry = forward.geometry(x.type.shape, weight.type.shape)
        ck_conv3d_backward_input_f32(
            frame.context, &geometry, weight.floats, dy.floats, frame.outputs[0].floats)
        ck_conv3d_backward_weight_f32(
            frame.context, &geometry, x.floats, dy.floats, frame.outputs[1].floats)
    }
}

extension Graph {
    /// 3-D convolution of `x [B, D, H, W, in]` with `weight [out, kd, kh, kw, in]` and `bias [out]`.
    public mutating func conv3D(
        _ x: Value, weight: Value, bias: Value, stride: Int = 1, padding: Int = 0
    ) -> Value {
        apply(Conv3D(stride: stride, padding: padding), [x, weight, bias])[0]
    }
}

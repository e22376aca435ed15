/// Every operator: what programs from bytes may contain, and what the conformance tests cover.
let operatorKinds: [any Operator.Type] = [
    MatMul.self, Unary.self, Binary.self, Affine.self, ScaleBy.self, Clamp.self, Select.self,
    SwiGLU.self, SwiGLUGradient.self, RMSNorm.self, RMSNormGradient.self, LayerNorm.self,
    LayerNormGradient.self, Softmax.self, SoftmaxGradient.self, SelectedLogProbability.self,
    SelectedLogProbabilityGradient.self, Reduce.self, Reshape.self, Fill.self, Transpose.self,
    Embedding.self, EmbeddingGradient.self, RoPE.self, Attention.self, AttentionGradient.self,
    CachedAttention.self, Conv3D.self, Conv3DGradient.self, AdamW.self, Accumulate.self,
    Assign.self,
]

/// Every operator by name.
let operatorTable: [String: any Operator.Type] = Dictionary(
    uniqueKeysWithValues: operatorKinds.map { ($0.name, $0) })

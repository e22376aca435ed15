// Low-rank adapters (LoRA, arXiv 2106.09685). A projection W [out, in] with an adapter computes
//
//     y = W x + bias;  low = A x;  low = low * scale;  y = y + B low
//
// with A [rank, in], B [out, rank], scale = alpha / rank, or alpha / sqrt(rank) (rsLoRA, arXiv 2312.03732).
// Only A and B are trained. A starts uniform in +-1 / sqrt(in), as PEFT starts it (Kaiming uniform with
// a = sqrt(5)), B at zero: a new adapter changes nothing. Where we differ: the narrow middle is scaled, not
// the wide result; products are of the model's type, so an adapter of a bf16 model multiplies in bf16 over
// fp32 weights; there is no dropout.

/// A low-rank adapter of some of a transformer's projections.
public struct LoRAConfig: Hashable, Sendable {
    /// Rows of A and columns of B.
    public var rank: Int
    /// The numerator of the scale.
    public var alpha: Double
    /// The projections that have one.
    public var targets: Set<Target>
    /// Whether the scale is alpha over the root of the rank.
    public var isRankStabilized: Bool

    /// The largest rank.
    public static let rankMax = 1 << 12

    /// A projection of a block, named as in checkpoints.
    public enum Target: String, Hashable, Sendable, CaseIterable {
        /// Attention's queries, keys, values and output.
        case query = "q_proj", key = "k_proj", value = "v_proj", output = "o_proj"
        /// The feed-forward layer's three.
        case gate = "gate_proj", up = "up_proj", down = "down_proj"
    }

    /// An adapter of all projections with twice the rank as alpha, unless said.
    public init(
        rank: Int, alpha: Double? = nil, targets: Set<Target> = Set(Target.allCases),
        isRankStabilized: Bool = false
    ) {
        precondition((1...Self.rankMax).contains(rank) && !targets.isEmpty, "a rank and something to adapt")
        self.rank = rank
        self.alpha = alpha ?? Double(2 * rank)
        self.targets = targets
        self.isRankStabilized = isRankStabilized
    }

    /// What `A x` is multiplied by, rounded once.
    public var scale: Float {
        Float(alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank)))
    }

    /// Whether the projection of this name, `....q_proj`, has an adapter.
    func adapts(_ name: String) -> Bool { targets.contains { name.hasSuffix(".\($0.rawValue)") } }

    /// Names of a projection's two weights.
    static func names(of projection: String) -> (a: String, b: String) {
        ("\(projection).lora_A.weight", "\(projection).lora_B.weight")
    }
}

extension LoRAConfig: CustomStringConvertible {
    /// The settings in one fixed order; it is a part of a run's identity.
    public var description: String {
        let names = Target.allCases.filter(targets.contains).map(\.rawValue).joined(separator: ",")
        return "LoRA(rank: \(rank), alpha: \(alpha), scale: \(scale), targets: \(names))"
    }
}

public import Tensor

/// How weights follow their gradients: AdamW with a schedule and clipping.
public struct OptimizerConfig: Hashable, Sendable {
    /// The highest learning rate.
    public var rate: Double
    /// Decay of the two moments.
    public var beta1 = 0.9, beta2 = 0.95
    /// Added to the root of the second moment.
    public var epsilon = 1e-8
    /// Decoupled weight decay.
    public var weightDecay = 0.0
    /// The norm of all gradients together is held to this.
    public var clip: Float = 1
    /// Steps over which the rate rises from 0.
    public var warmup = 0
    /// How the rate falls after warm-up.
    public var decay = Decay.constant

    /// How the learning rate falls.
    public enum Decay: Hashable, Sendable {
        /// It stays.
        case constant
        /// Along a half cosine to `floor` times the highest rate at step `steps`.
        case cosine(steps: Int, floor: Double)
        /// Along a line to `floor` times the highest rate at step `steps`.
        case linear(steps: Int, floor: Double)
    }

    /// AdamW at a rate; the rest has defaults.
    public init(rate: Double) { self.rate = rate }

    /// The rate of a step, from 1.
    public func rate(atStep step: Int) -> Double {
        if step <= warmup { return rate * Double(step) / Double(warmup) }
        func fallen(_ steps: Int, _ floor: Double, _ curve: (Double) -> Double) -> Double {
            let progress = min(1, Double(step - warmup) / Double(max(1, steps - warmup)))
            return rate * (floor + (1 - floor) * curve(progress))
        }
        switch decay {
        case .constant: return rate
        case .linear(let steps, let floor): return fallen(steps, floor) { 1 - $0 }
        case .cosine(let steps, let floor):
            return fallen(steps, floor) { 0.5 * (1 + Canonical.cosine(Double.pi * $0)) }
        }
    }

    /// The constants of a step, from 1.
    public func record(atStep step: Int) -> AdamWRecord {
        AdamWRecord(
            step: step, rate: rate(atStep: step), beta1: beta1, beta2: beta2, epsilon: epsilon,
            weightDecay: weightDecay)
    }
}

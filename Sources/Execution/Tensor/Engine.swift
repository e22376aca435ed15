import CKernels
import Synchronization

/// An instruction set that kernels are written for. The choice never changes a result.
public enum InstructionSet: String, Sendable, CaseIterable {
    /// Plain C, the definition of every operator.
    case scalar
    /// x86-64 with AVX2 and FMA.
    case avx2
    /// x86-64 with AVX-512 F, BW, DQ and VL.
    case avx512
    /// 64-bit ARM.
    case neon

    /// Whether this machine has it.
    public var isSupported: Bool { ck_isa_supported(kernelName) != 0 }

    /// The widest one that this machine has.
    public static var best: InstructionSet {
        allCases.last { $0.isSupported && $0.kernelName == ck_isa_best() } ?? .scalar
    }

    var kernelName: ck_isa {
        switch self {
        case .scalar: CK_SCALAR
        case .avx2: CK_AVX2
        case .avx512: CK_AVX512
        case .neon: CK_NEON
        }
    }
}

// SAFETY: `context` and the arena are used only inside `exclusively`, under the lock.
/// Where programs run: an instruction set and a fixed set of threads with one arena for intermediate
/// values. Sessions of one engine run one at a time and share the arena.
public final class Engine: @unchecked Sendable {
    /// The kernels in use.
    public let instructionSet: InstructionSet
    /// Threads that work on one operator, the caller's included.
    public let threadCount: Int

    let context: OpaquePointer
    private let lock = Mutex(())
    private var arena: UnsafeMutableRawPointer?
    private(set) var arenaByteCount = 0

    /// An engine with the machine's best kernels unless said, on `threads` threads.
    public init(instructionSet: InstructionSet = .best, threads: Int) {
        precondition(threads >= 1 && instructionSet.isSupported, "\(instructionSet) cannot run here")
        guard let context = ck_context_create(instructionSet.kernelName, Int32(threads)) else {
            preconditionFailure("no kernel context with \(threads) threads")
        }
        self.instructionSet = instructionSet
        self.threadCount = threads
        self.context = context
    }

    deinit {
        ck_context_destroy(context)
        if let arena { ck_free(arena, arenaByteCount) }
    }

    /// Runs `body` while no other session of this engine runs.
    public func exclusively<Result>(_ body: () throws -> Result) rethrows -> Result {
        try lock.withLock { _ in try body() }
    }

    /// The arena, grown to at least `byteCount`; growing loses its contents. It grows by half or more:
    /// batches of slightly different shapes would fault all its pages anew each, and pages that no plan
    /// reaches take no memory.
    func arena(atLeast byteCount: Int) -> UnsafeMutableRawPointer {
        if let arena, arenaByteCount >= byteCount { return arena }
        if let arena { ck_free(arena, arenaByteCount) }
        let size = max(byteCount, arena == nil ? 64 : arenaByteCount + arenaByteCount / 2)
        guard let grown = ck_alloc(size) else {
            preconditionFailure("no memory for an arena of \(byteCount) bytes")
        }
        arena = grown
        arenaByteCount = size
        return grown
    }
}

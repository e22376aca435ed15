/// The side of a negotiation that answers proposals.
///
/// Its header goes out as soon as the dialer's came: some dialers wait for it before they propose. A question
/// for the list of protocols (`ls`) is answered like an unknown name; identify tells the list.
public struct MultistreamListener: Sendable {
    /// Names that are answered with `na` before the dialer is refused.
    public static let proposalsMax = 128

    /// header → proposal; proposal → proposal, over
    private enum Phase { case header, proposal, over }

    private let supports: @Sendable (String) -> Bool
    private var phase = Phase.header
    /// Names that were answered with `na`.
    public private(set) var refusedCount = 0
    private var lines = MultistreamLines()

    /// A listener that agrees to the names that satisfy `supports`.
    public init(supports: @escaping @Sendable (String) -> Bool) { self.supports = supports }

    /// A listener that agrees to these names.
    public init(supported: Set<String>) { self.init { supported.contains($0) } }

    /// Takes in what the dialer says, in any pieces, and appends what to answer.
    ///
    /// - Precondition: no error and no agreement came before.
    public mutating func receive(
        _ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]
    ) throws(MultistreamError) -> MultistreamProgress {
        var offset = 0
        while let line = try lines.next(bytes, at: &offset) {
            switch phase {
            case .header:
                guard line == Multistream.header else { throw .notMultistream }
                Multistream.append(Multistream.header, to: &output)
                phase = .proposal
            case .proposal where supports(line):
                Multistream.append(line, to: &output)
                phase = .over
                return .agreed(line, consumedCount: offset)
            case .proposal:
                refusedCount += 1
                guard refusedCount <= Self.proposalsMax else { throw .tooManyProposals }
                Multistream.append(Multistream.notAvailable, to: &output)
            case .over: preconditionFailure("the bytes behind an agreement are the protocol's")
            }
        }
        return .more
    }
}

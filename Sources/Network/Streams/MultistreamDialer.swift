/// The side of a negotiation that proposes protocols.
///
/// The header and the first proposal go out in one write, before the other side has said anything. A
/// dialer with one proposal may write the protocol's first bytes behind them: if the listener does not know
/// the protocol, the connection or stream is of no use anyway.
public struct MultistreamDialer: Sendable {
    /// header → answer; answer → answer (to the next proposal), over
    private enum Phase { case header, answer, over }

    private let proposals: [String]
    private var position = 0
    private var phase = Phase.header
    private var lines = MultistreamLines()

    /// A dialer that wants the first of these that the listener knows.
    ///
    /// - Precondition: there is one, and none is longer than a line may be.
    public init(proposals: [String]) {
        precondition(!proposals.isEmpty, "a dialer proposes something")
        self.proposals = proposals
    }

    /// Appends what a dialer says first; to be called once.
    public func start(into output: inout [UInt8]) {
        Multistream.append(Multistream.header, to: &output)
        Multistream.append(proposals[0], to: &output)
    }

    /// Takes in what the listener says, in any pieces, and appends what to answer.
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
                phase = .answer
            case .answer where line == proposals[position]:
                phase = .over
                return .agreed(line, consumedCount: offset)
            case .answer where line == Multistream.notAvailable:
                position += 1
                guard position < proposals.count else { throw .nothingInCommon(proposals) }
                Multistream.append(proposals[position], to: &output)
            case .answer: throw .unexpectedAnswer(line)
            case .over: preconditionFailure("the bytes behind an agreement are the protocol's")
            }
        }
        return .more
    }
}

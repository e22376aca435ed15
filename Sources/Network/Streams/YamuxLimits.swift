/// What one session may cost.
public struct YamuxLimits: Hashable, Sendable {
    /// How often something may happen: so many times at once, and so many in each second.
    public struct Rate: Hashable, Sendable {
        /// Times at once.
        public var burst: Int
        /// Times a second, in the long run.
        public var perSecond: Int

        /// A rate.
        public init(burst: Int, perSecond: Int) {
            self.burst = burst
            self.perSecond = perSecond
        }
    }

    /// Bytes that every stream may send before the first credit; fixed by the protocol.
    public static let windowStart = 256 << 10

    /// Streams of the peer at the same time; further ones are reset.
    public var inboundStreamsMax = 1024
    /// Streams of ours that the peer has not acknowledged yet. Others take 256 before they make us wait.
    public var unacknowledgedMax = 256
    /// The largest window that a stream grows to: 1 Gbit/s at a round trip of 130 ms.
    public var windowMax = 16 << 20
    /// What all windows together may grow beyond their start.
    public var windowGrowthMax = 24 << 20
    /// Received bytes that the application has not read yet, of all streams. A stream that receives beyond
    /// is reset.
    public var unreadMax = 32 << 20
    /// Bytes of one stream that were written but not sent.
    public var unsentMax = 256 << 10
    /// Bytes of answers that the peer has not taken.
    public var answersMax = 64 << 10
    /// Data of one frame that we send: between two turns of a stream all others have theirs.
    public var frameMax = 16 << 10
    /// Streams that the peer opens in vain: refused, or reset before data of ours went out. One that was
    /// answered first does not count, as its peer waited: nodes of rust-libp2p open a protocol that was
    /// refused again at once, thousands of times a second.
    public var resets = Rate(burst: 4096, perSecond: 1024)
    /// Pings of the peer.
    public var pings = Rate(burst: 64, perSecond: 16)
    /// Frames that say nothing, or speak of streams that are over. Some peers give credit for each read, and
    /// so a last time after a stream's end; passing over one costs less than 0.1 microseconds.
    public var idleFrames = Rate(burst: 16384, perSecond: 8192)
    /// How old a measured round trip may be when a window is to grow by it.
    public var roundTripAgeMax = Duration.seconds(30)

    /// The limits of a node.
    public init() {}
}

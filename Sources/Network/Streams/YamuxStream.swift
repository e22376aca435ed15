/// One stream of a session.
struct YamuxStream: Sendable {
    let id: YamuxStreamID
    /// Whether this side opened it.
    let isOutbound: Bool
    /// Received and not read yet.
    var unread = ByteQueue()
    /// Written and not sent yet.
    var unsent = ByteQueue()
    /// What the peer may still send.
    var receiveWindow = YamuxLimits.windowStart
    /// What the peer may send when nothing is unread.
    var receiveWindowSize = YamuxLimits.windowStart
    /// What this side may still send.
    var sendWindow = YamuxLimits.windowStart
    /// Credit for the peer that is not sent yet.
    var credit = 0
    /// When credit was given last, or the stream began.
    var creditTime: Duration
    /// SYN or ACK, until it is sent.
    var greeting: YamuxFlags
    /// Whether the peer knows of the stream's beginning.
    var isAcknowledged: Bool
    /// Whether the peer sends no more.
    var isRemoteFinished = false
    /// Whether the application writes no more.
    var isFinished = false
    /// Whether the peer was told so.
    var isFinishSent = false
    /// Whether the peer got data of ours.
    var hasSentData = false
    /// Whether it waits for its turn to send.
    var isReady = false
    /// Whether it waits to give credit or a greeting.
    var isUpdating = false
    /// Whether the application was told to read.
    var isReadAnnounced = false
    /// Whether the application waits to write.
    var isWriteBlocked = false

    init(_ id: YamuxStreamID, isOutbound: Bool, now: Duration) {
        self.id = id
        self.isOutbound = isOutbound
        greeting = isOutbound ? .syn : .ack
        isAcknowledged = !isOutbound
        creditTime = now
    }

    /// Whether a turn to send would be used.
    var canSend: Bool {
        !unsent.isEmpty ? sendWindow > 0 : isFinished && !isFinishSent
    }
    /// What its window has grown by.
    var windowGrowth: Int { receiveWindowSize - YamuxLimits.windowStart }
    /// Whether nothing can come from it any more, and everything was taken.
    var isOver: Bool { isRemoteFinished && isFinishSent && unread.isEmpty }
}

import Bytes
public import Keys
public import Multiformats
public import Peers
import Synchronization
public import World

/// Topics that peers publish in and subscribe to: gossipsub over the connections of a host.
///
/// Messages are signed by their publisher, and no other is taken (StrictSign). `run` does the work, beside
/// the host's own `run`.
public final class PubSub: Sendable {
    /// A message that came, from whoever published it.
    public struct Message: Sendable, Hashable {
        /// Who published it.
        public let from: PeerID
        /// The topic.
        public let topic: String
        /// What it says.
        public let data: [UInt8]
    }

    /// Whether a message is taken and passed on, beyond being signed by who says so.
    public typealias Validator = @Sendable (Message) -> GossipRouter.Verdict

    private let host: Host
    private let key: PrivateKey
    private let clock: any WorldClock
    private let config: GossipConfig
    private let state: Mutex<State>

    private struct Member {
        let slot: Int
        let outbox: AsyncStream<[UInt8]>.Continuation
        /// What waits to be sent, until somebody sends it.
        var unsent: AsyncStream<[UInt8]>?
    }

    private struct Subscriber {
        let messages: AsyncStream<Message>.Continuation
        let isValid: Validator
    }

    private struct State {
        var router: GossipRouter
        var members: [PeerID: Member] = [:]
        var slots: [PeerID?] = []
        var subscribers: [String: Subscriber] = [:]
        var sequence: UInt64
        /// RPCs that wait to be sent, and who wants to know what changes.
        var unsentCount = 0
        var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
        var watcherCount = 0
        /// Messages that a slow peer or reader did not take.
        var dropped = 0
    }

    /// RPCs that wait for a slow peer, and messages for a slow reader.
    private static let outboxMax = 1024, inboxMax = 4096

    /// Gossip over a host; it is to be made before the host listens or dials.
    public init(
        _ host: Host, key: PrivateKey, config: GossipConfig = .init(), clock: any WorldClock = SystemClock()
    ) {
        precondition(PeerID(key.publicKey) == host.peer, "the key is the host's")
        (self.host, self.key, self.config, self.clock) = (host, key, config, clock)
        var system = SystemRandomNumberGenerator()
        let nanoseconds = UInt64(clamping: Int64(clock.sinceEpoch / .nanoseconds(1)))
        state = Mutex(
            State(router: GossipRouter(config, seed: system.next()), sequence: nanoseconds))
        for version in GossipVersion.allCases {
            host.handle(version.rawValue) { [weak self] stream, connection in
                try await self?.read(stream, on: connection)
            }
        }
    }

    /// Peers that speak gossipsub with us now.
    public var peers: [PeerID] { state.withLock { $0.members.keys.sorted() } }

    /// Peers in the mesh of a topic.
    public func mesh(of topic: String) -> [PeerID] {
        state.withLock { state in state.router.mesh(of: topic).compactMap { state.slots[$0.slot] } }
    }

    // MARK: Topics

    /// Wants messages of a topic from now on; what a slow reader does not take in time is dropped.
    ///
    /// - Parameter isValid: whether a message is taken and passed on.
    public func subscribe(
        _ topic: String, isValid: @escaping Validator = { _ in .accept }
    ) -> AsyncStream<Message> {
        let (stream, messages) = AsyncStream.makeStream(
            of: Message.self, bufferingPolicy: .bufferingOldest(Self.inboxMax))
        perform { state, actions in
            state.subscribers[topic]?.messages.finish()
            state.subscribers[topic] = Subscriber(messages: messages, isValid: isValid)
            state.router.subscribe(topic, now: clock.uptime, &actions)
        }
        return stream
    }

    /// Wants no more messages of a topic.
    public func unsubscribe(_ topic: String) {
        perform { state, actions in
            state.subscribers.removeValue(forKey: topic)?.messages.finish()
            state.router.unsubscribe(topic, now: clock.uptime, &actions)
        }
    }

    /// Publishes a message; to how many peers it goes at once.
    @discardableResult
    public func publish(_ data: [UInt8], in topic: String) throws -> Int {
        let sequence = state.withLock { state in
            state.sequence += 1
            return state.sequence
        }
        var message = GossipMessage(
            from: host.peer.bytes, data: data,
            sequence: withUnsafeBytes(of: sequence.bigEndian) { Array($0) }, topic: topic)
        message.signature = try key.sign(message.signedBytes)
        // A name that is a hash does not hold the key.
        if host.peer.publicKey == nil { message.key = key.publicKey.protobuf }
        var count = 0
        let signed = message
        perform { state, actions in count = state.router.publish(signed, now: clock.uptime, &actions) }
        return count
    }

    /// How many peers want messages of a topic.
    public func subscriberCount(of topic: String) -> Int {
        state.withLock { $0.router.peers { $0.topics.contains(topic) }.count }
    }

    /// Waits for somebody who wants messages of a topic; how many do then, 0 if nobody came in time.
    public func subscribers(of topic: String, within time: Duration) async -> Int {
        await wait(within: time) { self.subscriberCount(of: topic) > 0 }
        return subscriberCount(of: topic)
    }

    /// Waits until all that was published is with the connections, or for some seconds.
    public func drain() async {
        await wait(within: .seconds(5)) { self.state.withLock { $0.unsentCount == 0 } }
    }

    private func wait(within time: Duration, until holds: @escaping @Sendable () -> Bool) async {
        let (changes, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.watcherCount += 1
            state.watchers[state.watcherCount] = continuation
            return state.watcherCount
        }
        defer { _ = state.withLock { $0.watchers.removeValue(forKey: number) } }
        let end = clock.uptime + time
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                if holds() { return }
                for await _ in changes where holds() { return }
            }
            // Cancelled: the other one was first.
            tasks.addTask { try? await self.clock.sleep(until: end) }
            await tasks.next()
            tasks.cancelAll()
        }
    }

    // MARK: Work

    /// Speaks with peers that come, and mends the meshes, until it is cancelled or the host is closed.
    public func run() async {
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await self.beat() }
            for await event in host.watch() {
                switch event {
                case .joined(let peer): tasks.addTask { await self.write(to: peer) }
                case .left(let peer): leave(peer)
                }
            }
            tasks.cancelAll()
        }
    }

    private func beat() async {
        var next = clock.uptime + config.heartbeat
        while !Task.isCancelled {
            // Cancelled: the loop ends.
            try? await clock.sleep(until: next)
            next = clock.uptime + config.heartbeat
            perform { state, actions in state.router.heartbeat(now: clock.uptime, &actions) }
        }
    }

    /// Opens a stream to a peer and sends what is for it; peers that do not speak gossipsub are left alone.
    private func write(to peer: PeerID) async {
        guard let connection = host.connection(to: peer) else { return }
        let names = GossipVersion.allCases.sorted(by: >).map(\.rawValue)
        do throws(StreamError) {
            let stream = try await connection.open(names)
            guard let version = GossipVersion(rawValue: stream.name) else { return stream.reset() }
            join(connection, version)
            guard let outbox = takeOutbox(of: peer) else { return stream.reset() }
            for await bytes in outbox {
                try await stream.writeMessage(bytes)
                perform { state, _ in state.unsentCount -= 1 }
            }
            stream.reset()
        } catch { leave(peer) }
    }

    /// Takes a peer in, once: when our stream to it is open, or its stream to us is.
    private func join(_ connection: Connection, _ version: GossipVersion) {
        perform { state, actions in
            guard state.members[connection.peer] == nil else { return }
            let (outbox, continuation) = AsyncStream.makeStream(
                of: [UInt8].self, bufferingPolicy: .bufferingOldest(Self.outboxMax))
            let slot = state.slots.firstIndex { $0 == nil } ?? state.slots.count
            if slot == state.slots.count { state.slots.append(nil) }
            state.slots[slot] = connection.peer
            state.members[connection.peer] = Member(slot: slot, outbox: continuation, unsent: outbox)
            state.router.connected(
                GossipPeer(slot), id: connection.peer.bytes, version: version,
                isOutbound: connection.isOutbound, address: Self.place(of: connection), now: clock.uptime,
                &actions)
        }
    }

    private func takeOutbox(of peer: PeerID) -> AsyncStream<[UInt8]>? {
        state.withLock { $0.members[peer]?.unsent.take() }
    }

    /// What scores count peers by; nodes of this machine are not counted.
    private static func place(of connection: Connection) -> String {
        let address = connection.remoteAddress
        return address.isLoopback ? "" : address.ip?.description ?? ""
    }

    private func leave(_ peer: PeerID) {
        state.withLock { state in
            guard let member = state.members.removeValue(forKey: peer) else { return }
            state.slots[member.slot] = nil
            state.router.disconnected(GossipPeer(member.slot), now: clock.uptime)
            member.outbox.finish()
        }
    }

    /// Reads what a peer says, until its stream ends.
    private func read(_ stream: PeerStream, on connection: Connection) async throws {
        guard let version = GossipVersion(rawValue: stream.name) else { return }
        join(connection, version)
        var messages = MessageReader(stream, limit: config.limits.rpcBytesMax)
        while let bytes = try await messages.next() { try receive(bytes[...], from: connection.peer) }
        stream.finish()
    }

    private func receive(_ bytes: ArraySlice<UInt8>, from peer: PeerID) throws(ProtobufError) {
        var failure: ProtobufError?
        perform { state, actions in
            guard let member = state.members[peer] else { return }
            do throws(ProtobufError) {
                try state.router.received(
                    bytes, from: GossipPeer(member.slot), now: clock.uptime, &actions)
            } catch { failure = error }
        }
        if let failure { throw failure }
    }

    // MARK: Actions

    /// Does something with the router, and then what it asks for.
    private func perform(_ body: (inout State, inout [GossipRouter.Action]) -> Void) {
        var checks: [GossipMessage] = []
        state.withLock { state in
            var actions: [GossipRouter.Action] = []
            body(&state, &actions)
            Self.carryOut(actions, &state, &checks)
            for watcher in state.watchers.values { watcher.yield() }
        }
        // Signatures are checked outside of the lock: others may go on.
        for message in checks {
            let verdict = verdict(on: message)
            perform { state, actions in
                state.router.checked(message, verdict, now: clock.uptime, &actions)
            }
        }
    }

    private static func carryOut(
        _ actions: [GossipRouter.Action], _ state: inout State, _ checks: inout [GossipMessage]
    ) {
        for action in actions {
            switch action {
            case .send(let bytes, let peer):
                guard let id = state.slots[peer.slot], let member = state.members[id] else { continue }
                if case .enqueued = member.outbox.yield(bytes) {
                    state.unsentCount += 1
                } else {
                    state.dropped += 1
                }
            case .check(let message, _): checks.append(message)
            case .deliver(let message):
                guard let subscriber = state.subscribers[message.topic],
                    let from = message.from.flatMap({ try? PeerID(bytes: $0[...]) })
                else { continue }
                let delivered = Message(from: from, topic: message.topic, data: message.data)
                if case .dropped = subscriber.messages.yield(delivered) { state.dropped += 1 }
            // Whom a prune tells of has no address we know; a peer store will.
            case .join: break
            }
        }
    }

    private func verdict(on message: GossipMessage) -> GossipRouter.Verdict {
        guard let from = message.from, let publisher = try? PeerID(bytes: from[...]),
            message.sequence?.count == 8, let signature = message.signature,
            let key = Self.key(of: message, publisher), key.isSignature(signature, of: message.signedBytes)
        else { return .reject }
        // Our own message that comes back is nobody's fault.
        guard publisher != host.peer else { return .ignore }
        guard let subscriber = state.withLock({ $0.subscribers[message.topic] }) else { return .ignore }
        return subscriber.isValid(Message(from: publisher, topic: message.topic, data: message.data))
    }

    private static func key(of message: GossipMessage, _ publisher: PeerID) -> PublicKey? {
        guard let bytes = message.key else { return publisher.publicKey }
        guard let key = try? PublicKey(protobuf: bytes[...]), publisher.matches(key) else { return nil }
        return key
    }
}

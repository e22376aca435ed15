/// Whether values may stand under keys, and which of several is to be kept.
public struct KadValidator: Sendable {
    /// Whether a value may stand under a key.
    public var isValid: @Sendable (_ key: [UInt8], _ value: [UInt8]) -> Bool
    /// Whether the second value is better than the first; both are valid.
    public var isBetter: @Sendable (_ old: [UInt8], _ new: [UInt8]) -> Bool

    /// A validator of these functions.
    public init(
        isValid: @escaping @Sendable ([UInt8], [UInt8]) -> Bool,
        isBetter: @escaping @Sendable ([UInt8], [UInt8]) -> Bool
    ) {
        self.isValid = isValid
        self.isBetter = isBetter
    }
}

/// Records and providers that a node keeps for others, in bounds.
public struct KadStore: Sendable {
    /// How much is kept, and for how long.
    public struct Config: Sendable, Hashable {
        /// Records, and bytes of them.
        public var recordCountMax = 4096, recordBytesMax = 16 << 20
        /// How long a record is kept, and a provider.
        public var recordTime = Duration.seconds(36 * 3600), providerTime = Duration.seconds(48 * 3600)
        /// Keys that have providers, and providers of a key.
        public var providedCountMax = 16_384, providersPerKeyMax = 64

        /// The specification's times.
        public init() {}
    }

    private let config: Config
    /// By the first part of a key, between slashes.
    private let validators: [String: KadValidator]
    private var records: [[UInt8]: (value: [UInt8], until: Duration)] = [:]
    private var byteCount = 0
    private var providers: [[UInt8]: [(peer: KadPeer, until: Duration)]] = [:]

    /// A store that keeps nothing yet.
    ///
    /// - Parameter validators: by name space: `pk` for keys that begin with `/pk/`. Others are refused.
    public init(_ config: Config = .init(), validators: [String: KadValidator]) {
        self.config = config
        self.validators = validators
    }

    /// Who judges values under a key.
    public func validator(of key: [UInt8]) -> KadValidator? {
        guard key.first == UInt8(ascii: "/"),
            let end = key.dropFirst().firstIndex(of: UInt8(ascii: "/")),
            let name = String(validating: key[1..<end], as: UTF8.self)
        else { return nil }
        return validators[name]
    }

    /// Keeps a record if it may stand there and none better does; says whether.
    public mutating func put(_ record: KadMessage.Record, now: Duration) -> Bool {
        guard let validator = validator(of: record.key), validator.isValid(record.key, record.value) else {
            return false
        }
        let old = records[record.key]
        if let old, old.until > now, old.value != record.value,
            !validator.isBetter(old.value, record.value)
        {
            return false
        }
        let size =
            record.key.count + record.value.count - (old.map { record.key.count + $0.value.count } ?? 0)
        if records.count >= config.recordCountMax || byteCount + size > config.recordBytesMax {
            forget(now: now)
        }
        guard old != nil || records.count < config.recordCountMax, byteCount + size <= config.recordBytesMax
        else { return false }
        byteCount += size
        records[record.key] = (record.value, now + config.recordTime)
        return true
    }

    /// The record under a key.
    public func record(_ key: [UInt8], now: Duration) -> KadMessage.Record? {
        guard let (value, until) = records[key], until > now else { return nil }
        return .init(key: key, value: value)
    }

    /// Notes that a peer has something.
    public mutating func provide(_ key: [UInt8], by peer: KadPeer, now: Duration) {
        if providers[key] == nil, providers.count >= config.providedCountMax { forget(now: now) }
        guard providers[key] != nil || providers.count < config.providedCountMax else { return }
        var known = (providers[key] ?? []).filter { $0.until > now && $0.peer.id != peer.id }
        // The newest are the likeliest to be there.
        if known.count >= config.providersPerKeyMax { known.removeFirst() }
        known.append((peer, now + config.providerTime))
        providers[key] = known
    }

    /// Who has something.
    public func providers(of key: [UInt8], now: Duration) -> [KadPeer] {
        (providers[key] ?? []).filter { $0.until > now }.map(\.peer)
    }

    /// Drops what is too old.
    public mutating func forget(now: Duration) {
        for (key, (value, until)) in records where until <= now {
            records[key] = nil
            byteCount -= key.count + value.count
        }
        providers = providers.mapValues { $0.filter { $0.until > now } }.filter { !$0.value.isEmpty }
    }
}

// A node that the conformance suite commands: one command a line on standard input, one line of JSON for each
// on standard output. It begins with a line that says who it is and where it listens, and ends with its
// input:
//     peernode [--protocol-version TEXT] [--key ed25519|secp256k1|ecdsa|rsa]
import Bytes
import Keys
import Multiformats
import Peers
import World

// Foundation has a Host of its own.
import struct Foundation.Data
import class Foundation.FileHandle
import class Foundation.Thread

@main
struct PeerNode {
    static func main() async throws {
        var config = HostConfig(), key = PrivateKey.ed25519()
        var options = CommandLine.arguments.dropFirst()
        while let option = options.popFirst(), let value = options.popFirst() {
            switch (option, value) {
            case ("--protocol-version", _): config.protocolVersion = value
            case ("--key", "ed25519"): key = .ed25519()
            case ("--key", "secp256k1"): key = .secp256k1()
            case ("--key", "ecdsa"): key = .ecdsa()
            case ("--key", "rsa"): key = try .rsa()
            default: throw Misunderstood(description: "no option \(option) \(value)")
            }
        }
        let host = Host(key: key, config: config)
        serve(on: host)
        let address = try await host.listen(at: Multiaddr(text: "/ip4/127.0.0.1/tcp/0"))
        say(["peer": .text(host.peer.text), "address": .text(try address.withPeerID(host.peer).text)])
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await host.run() }
            for await line in lines() { say(await answer(line, host)) }
            await host.close()
            tasks.cancelAll()
        }
    }

    private static func serve(on host: Host) {
        host.handle("/echo/1") { stream, _ in
            while let bytes = try await stream.read() { try await stream.write(bytes) }
            stream.finish()
        }
        // The end of a sink's answer says that everything was read.
        host.handle("/sink/1") { stream, _ in
            while try await stream.read() != nil {}
            stream.finish()
        }
    }

    /// Standard input, read on a thread of its own: it blocks.
    private static func lines() -> AsyncStream<String> {
        let (lines, continuation) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingOldest(64))
        Thread.detachNewThread {
            while let line = readLine() { continuation.yield(line) }
            continuation.finish()
        }
        return lines
    }

    private static func say(_ value: JSON) {
        FileHandle.standardOutput.write(Data((value.text() + "\n").utf8))
    }

    private static func answer(_ line: String, _ host: Host) async -> JSON {
        do { return try await Command(line, host).run() } catch {
            let layer = (error as? ConnectionError).map { JSON.text($0.layer.rawValue) } ?? .null
            return ["error": .text("\(error)"), "layer": layer]
        }
    }
}

/// What the suite asks for is not understood.
private struct Misunderstood: Error, CustomStringConvertible {
    let description: String
}

/// One line: a word and what belongs to it.
private struct Command {
    let words: [String]
    let host: Host
    let clock = SystemClock()

    init(_ line: String, _ host: Host) {
        (words, self.host) = (line.split(separator: " ").map(String.init), host)
    }

    func run() async throws -> JSON {
        switch words.first {
        case "connect": try await connect()
        case "identify": try await identify()
        case "ping": try await ping()
        case "echo": try await echo()
        case "send": try await send()
        case "churn": try await churn()
        case "disconnect": try await disconnect()
        case "peers": peers()
        default: throw Misunderstood(description: "no command \(words.first ?? "")")
        }
    }

    private func word(_ index: Int) throws -> String {
        guard index < words.count else { throw Misunderstood(description: "\(words) lacks a word") }
        return words[index]
    }

    private func number(_ index: Int) throws -> Int {
        guard let number = Int(try word(index)), number > 0 else {
            throw Misunderstood(description: "\(words): word \(index) is no number above 0")
        }
        return number
    }

    private func connection() throws -> Connection {
        let peer = try PeerID(text: word(1))
        guard let connection = host.connection(to: peer) else {
            throw Misunderstood(description: "no connection with \(peer)")
        }
        return connection
    }

    /// `connect ADDRESS`
    private func connect() async throws -> JSON {
        let start = clock.uptime
        let connection = try await host.connect(to: Multiaddr(text: word(1)))
        return [
            "peer": .text(connection.peer.text), "security": .text(connection.terms.security),
            "muxer": .text(connection.terms.muxer), "seconds": .real((clock.uptime - start) / .seconds(1)),
        ]
    }

    /// `identify PEER`
    private func identify() async throws -> JSON {
        let connection = try connection(), identity = try await connection.identify()
        let key = try PublicKey(protobuf: identity.publicKey[...])
        let sealed = identity.signedPeerRecord
        // The record is checked where there is one: its signature, and that it is the peer's.
        let record = try sealed.isEmpty ? nil : PeerRecord(opening: SignedEnvelope(bytes: sealed[...]))
        return [
            "peer": .text(PeerID(key).text), "isInbound": .flag(!connection.isOutbound),
            "protocols": .texts(identity.protocols), "agent": .text(identity.agent),
            "protocolVersion": .text(identity.protocolVersion),
            "addresses": .texts(identity.listenAddresses.map(\.text)),
            "observed": identity.observedAddress.map { .text($0.text) } ?? .null,
            "recordPeer": record.map { .text($0.peer.text) } ?? .null,
        ]
    }

    /// `ping PEER COUNT`
    private func ping() async throws -> JSON {
        let times = try await connection().ping(count: number(2)).sorted()
        return ["count": .int(times.count), "median": .real(times[times.count / 2] / .seconds(1))]
    }

    /// `echo PEER BYTES SEED`: sends so many random bytes, and compares what comes back.
    ///
    /// It ends its side when all is back, and not before: p2pd then ends both.
    private func echo() async throws -> JSON {
        let count = try number(2), start = clock.uptime
        var generator = SeededGenerator(seed: UInt64(try number(3)))
        let sent = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let stream = try await connection().open(["/echo/1"])
        async let received: [UInt8] = {
            var received: [UInt8] = []
            while received.count < count, let bytes = try await stream.read(within: .seconds(60)) {
                received += bytes
            }
            return received
        }()
        try await stream.write(sent)
        var back = try await received
        stream.finish()
        let ending = try await drain(stream, into: &back)
        return [
            "bytes": .int(back.count), "isEqual": .flag(back == sent), "ending": .text(ending),
            "seconds": .real((clock.uptime - start) / .seconds(1)),
        ]
    }

    /// Reads what is left of a stream; how it ended.
    private func drain(_ stream: PeerStream, into back: inout [UInt8]) async throws -> String {
        do {
            while let more = try await stream.read(within: .seconds(60)) { back += more }
            return "end"
        } catch {
            guard error == .reset else { throw error }
            return "reset"
        }
    }

    /// `send PEER PROTOCOL BYTES`: sends so many bytes, and waits for the end of the answer.
    private func send() async throws -> JSON {
        let count = try number(3), stream = try await connection().open([try word(2)])
        let start = clock.uptime, block = [UInt8](repeating: 7, count: 1 << 20)
        var left = count
        while left > 0 {
            try await stream.write(left >= block.count ? block : Array(block.prefix(left)))
            left -= min(left, block.count)
        }
        stream.finish()
        var answer: [UInt8] = []
        _ = try await drain(stream, into: &answer)
        return ["bytes": .int(count), "seconds": .real((clock.uptime - start) / .seconds(1))]
    }

    /// `churn ADDRESS COUNT`: connects, identifies and closes so many times.
    private func churn() async throws -> JSON {
        let address = try Multiaddr(text: word(1)), count = try number(2), start = clock.uptime
        for _ in 0..<count {
            let connection = try await host.connect(to: address)
            _ = try await connection.identify()
            connection.close()
        }
        return ["count": .int(count), "seconds": .real((clock.uptime - start) / .seconds(1))]
    }

    /// `disconnect PEER`
    private func disconnect() async throws -> JSON {
        try connection().close()
        return ["isClosed": true]
    }

    /// `peers`
    private func peers() -> JSON {
        let peers = host.connections.map { connection -> JSON in
            ["peer": .text(connection.peer.text), "isInbound": .flag(!connection.isOutbound)]
        }
        return ["peers": .list(peers)]
    }
}

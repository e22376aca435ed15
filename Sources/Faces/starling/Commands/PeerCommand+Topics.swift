import ArgumentParser
import Bytes
import Foundation
import Mesh
import Multiformats
import Peers

/// A node of gossipsub for one command.
private struct TopicNode: Sendable {
    let host: Peers.Host
    let topics: PubSub

    /// Joins through the peers at some addresses; one of them must answer.
    init(_ key: PeerKeyOptions, listeningAt own: [String], joining others: [String]) async throws {
        let key = try key.key()
        host = Peers.Host(key: key)
        topics = PubSub(host, key: key)
        for text in own {
            let address = try await host.listen(at: try Multiaddr(text: text)).withPeerID(host.peer)
            Output.note("listening at \(address)")
        }
        var failures: [DialFailure] = []
        for address in try others.map({ try Multiaddr(text: $0) }) {
            do throws(DialError) { _ = try await host.connect(to: [address]) } catch {
                failures += error.failures
            }
        }
        if !others.isEmpty, failures.count == others.count {
            throw Failure(DialError(failures: failures).description)
        }
        for failure in failures { Output.note("\(failure)") }
    }

    /// Works while `body` does.
    func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await host.run() }
            tasks.addTask { await topics.run() }
            try await body()
            await host.close()
            tasks.cancelAll()
        }
    }
}

extension PeerCommand {
    /// Messages of a topic.
    struct Subscribe: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sub", abstract: "Print the messages of a topic.",
            discussion: """
                It ends when standard input does, or with Ctrl-C, or after --count messages.

                Examples:
                  starling peer sub news --at /ip4/127.0.0.1/tcp/4001
                  starling peer sub news --join /ip4/127.0.0.1/tcp/4001 --json
                """)
        @Argument(help: "The topic.") var topic: String
        @Option(
            help: ArgumentHelp(
                "Address of a peer to join through; several may be given.", valueName: "address"))
        var join: [String] = []
        @Option(name: .customLong("at"), help: ArgumentHelp("Address to listen at.", valueName: "address"))
        var addresses: [String] = []
        @Option(help: ArgumentHelp("Messages after which to end.", valueName: "n")) var count: Int?
        @OptionGroup var key: PeerKeyOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard !join.isEmpty || !addresses.isEmpty else {
                throw ValidationError("give --join, or --at for others to join")
            }
            guard (count ?? 1) > 0 else { throw ValidationError("--count takes a number above 0") }
        }

        func run() async throws {
            let node = try await TopicNode(key, listeningAt: addresses, joining: join)
            let messages = node.topics.subscribe(topic)
            let count = count, json = output.json, topic = topic
            atEndOfInput { node.topics.unsubscribe(topic) }
            try await node.run {
                var rest = count ?? .max
                for await message in messages {
                    Self.tell(message, json: json)
                    rest -= 1
                    if rest == 0 { break }
                }
            }
        }

        private static func tell(_ message: PubSub.Message, json: Bool) {
            let text = String(validating: message.data, as: UTF8.self)
            guard json else {
                return Output.line("\(message.from): \(text ?? Hex.text(message.data))")
            }
            Output.line(
                .members([
                    ("from", .text(message.from.text)), ("topic", .text(message.topic)),
                    ("text", text.map(JSON.text) ?? .null), ("data", .text(Hex.text(message.data))),
                ]))
        }
    }

    /// A message to a topic.
    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pub", abstract: "Publish a message to a topic.",
            discussion: """
                Examples:
                  starling peer pub news "good morning" --join /ip4/127.0.0.1/tcp/4001
                """)
        @Argument(help: "The topic.") var topic: String
        @Argument(help: "The message.") var text: String
        @Option(
            help: ArgumentHelp(
                "Address of a peer to join through; several may be given.", valueName: "address"))
        var join: [String]
        @Option(help: ArgumentHelp("Seconds to wait for somebody who subscribed.", valueName: "s"))
        var seconds = 10.0
        @OptionGroup var key: PeerKeyOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard seconds > 0, seconds < 1e6 else {
                throw ValidationError("--seconds takes a number above 0")
            }
        }

        func run() async throws {
            let node = try await TopicNode(key, listeningAt: [], joining: join)
            let bytes = Array(text.utf8), topic = topic, json = output.json, seconds = seconds
            try await node.run {
                let subscribed = await node.topics.subscribers(of: topic, within: .seconds(seconds))
                guard subscribed > 0 else {
                    throw Failure("nobody subscribed to \(topic) within \(seconds) s; is the name right?")
                }
                let count = try node.topics.publish(bytes, in: topic)
                await node.topics.drain()
                if json {
                    Output.line(.members([("peers", .int(count))]))
                } else {
                    Output.line("to \(count) peers")
                }
            }
        }
    }
}

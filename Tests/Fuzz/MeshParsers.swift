import Mesh

let meshParsers: [FuzzedParser] = [
    FuzzedParser(
        name: "gossip", seeds: [gossip],
        run: { bytes in
            let rpc = try GossipRPC(parsing: bytes[...])
            // What is read can be written and read again.
            let again = try GossipRPC(parsing: rpc.bytes[...])
            precondition(again == rpc, "another RPC")
        }),
    FuzzedParser(
        name: "kademlia", seeds: [kademlia],
        run: { bytes in
            let message = try KadMessage(parsing: bytes[...])
            let again = try KadMessage(parsing: message.bytes[...])
            precondition(again == message, "another message")
        }),
]

private let kademlia = KadMessage(
    .getValue, key: [1, 2], record: .init(key: [1, 2], value: [3]),
    closer: [KadPeer(id: [4], addresses: [[5], [6]])], providers: [KadPeer(id: [7])]
).bytes

private let gossip: [UInt8] = {
    var rpc = GossipRPC()
    rpc.subscriptions = [.init("a", isOn: true)]
    rpc.messages = [GossipMessage(from: [1], data: [2], sequence: [3], topic: "t", signature: [4], key: [5])]
    rpc.want = [.init([6])]
    rpc.graft = ["t"]
    rpc.dontWant = [.init([7])]
    return rpc.bytes
}()

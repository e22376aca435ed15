// swift-tools-version:6.2
import PackageDescription

// The house as a table: a room is a target, rooms are grouped in wings, and a room imports only
// rooms on lower floors and earlier rooms of its own wing. A wrong edge stops the build with a
// sentence.

enum Floor: Int { case kernels, base, domain, system, apps, faces }

enum Library {
    static let arguments = Target.Dependency.product(
        name: "ArgumentParser", package: "swift-argument-parser")
    static let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
    static let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
    static let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
    static let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
    static let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
    static let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = Target.Dependency.product(
        name: "CryptoExtras", package: "swift-crypto")
}

struct Room {
    let name: String
    let wing: String
    let floor: Floor
    var rooms: [String] = []
    var libraries: [Target.Dependency] = []
}

let house: [Room] = [
    Room(name: "CKernels", wing: "Kernels", floor: .kernels),
    Room(name: "CCrypto", wing: "Kernels", floor: .kernels),
    Room(name: "Bytes", wing: "Base", floor: .base),
    Room(name: "CSecp256k1", wing: "Base", floor: .base),
    Room(
        name: "Keys", wing: "Base", floor: .base, rooms: ["CSecp256k1", "Bytes"],
        libraries: [Library.crypto, Library.cryptoExtras]),
    Room(name: "World", wing: "Base", floor: .base, rooms: ["Bytes"]),
    Room(name: "CSandbox", wing: "Base", floor: .base),
    Room(name: "Sandbox", wing: "Base", floor: .base, rooms: ["CSandbox", "Bytes"]),
    Room(name: "Tensor", wing: "Execution", floor: .domain, rooms: ["CKernels", "Bytes", "Keys"]),
    Room(name: "Neural", wing: "Execution", floor: .domain, rooms: ["Tensor", "Bytes"]),
    Room(
        name: "Language", wing: "Execution", floor: .domain,
        rooms: ["Neural", "Tensor", "Bytes", "Keys", "World"]),
    Room(name: "Multiformats", wing: "Network", floor: .domain, rooms: ["Bytes", "Keys", "World"]),
    Room(
        name: "Streams", wing: "Network", floor: .domain, rooms: ["CCrypto", "Keys", "Bytes"],
        libraries: [Library.crypto]),
    Room(
        name: "Peers", wing: "Network", floor: .domain,
        rooms: ["Streams", "Multiformats", "Keys", "World", "Bytes"],
        libraries: [
            Library.nioCore, Library.nioPosix, Library.nioTLS, Library.nioSSL, Library.asn1, Library.crypto,
        ]),
    Room(
        name: "Mesh", wing: "Network", floor: .domain,
        rooms: ["Peers", "Multiformats", "Bytes", "Keys", "World"]),
    Room(name: "Gym", wing: "Learning", floor: .system, rooms: ["Bytes", "Keys", "World"]),
    Room(
        name: "GenRL", wing: "Learning", floor: .system,
        rooms: ["Gym", "Language", "Neural", "Tensor", "World", "Keys", "Bytes"]),
    Room(
        name: "CodeZero", wing: "Learning", floor: .system,
        rooms: ["Gym", "GenRL", "Sandbox", "World", "Keys", "Bytes"]),
    Room(
        name: "Swarm", wing: "Apps", floor: .apps,
        rooms: [
            "CodeZero", "GenRL", "Gym", "Language", "Neural", "Tensor", "Sandbox", "World", "Keys", "Bytes",
        ]),
    Room(name: "Dashboard", wing: "Faces", floor: .faces, rooms: ["Bytes"]),
    Room(
        name: "starling", wing: "Faces", floor: .faces,
        rooms: [
            "Dashboard", "Swarm", "Mesh", "Peers", "Multiformats", "CodeZero", "GenRL", "Gym", "Language",
            "Neural",
            "Tensor", "Sandbox",
            "World", "Keys", "Bytes",
        ],
        libraries: [Library.arguments]),
]

for (position, room) in house.enumerated() {
    for name in room.rooms {
        guard let below = house.firstIndex(where: { $0.name == name }) else {
            fatalError("\(room.name) imports \(name), which is no room")
        }
        let lowerFloor = house[below].floor.rawValue < room.floor.rawValue
        let earlierInWing = house[below].wing == room.wing && below < position
        precondition(lowerFloor || earlierInWing, "\(room.name) may not import \(name)")
    }
}

// `ROOMS=Gym,Language swift test` builds only those rooms and what they stand on.
func rooms(standingUnder names: [String]) -> Set<String> {
    var found = Set(names)
    for room in house.reversed() where found.contains(room.name) { found.formUnion(room.rooms) }
    return found
}
let asked = Context.environment["ROOMS"].map { $0.split(separator: ",").map(String.init) }
let built = asked.map(rooms(standingUnder:)) ?? Set(house.map(\.name))
let tested = asked.map(Set.init) ?? built

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
// C is always optimized, in tests too; no flag may change what kernels compute.
let kernelSettings: [CSetting] = [.unsafeFlags(["-O3", "-ffp-contract=off", "-Wall", "-Werror"])]

var targets: [Target] = []
for room in house where built.contains(room.name) {
    let path = "Sources/\(room.wing)/\(room.name)"
    let dependencies = room.rooms.map { Target.Dependency.target(name: $0) } + room.libraries
    switch room.name {
    case "CKernels", "CSandbox":
        targets.append(.target(name: room.name, path: path, cSettings: kernelSettings))
    case "CSecp256k1":
        targets.append(
            .systemLibrary(
                name: room.name, path: path, pkgConfig: "libsecp256k1",
                providers: [.apt(["libsecp256k1-dev"]), .brew(["secp256k1"])]))
    case "CCrypto":
        targets.append(
            .target(
                name: room.name, path: path, cSettings: kernelSettings,
                linkerSettings: [.linkedLibrary("crypto")]))
    case "starling":
        targets.append(
            .executableTarget(
                name: room.name, dependencies: dependencies, path: path,
                swiftSettings: swiftSettings))
    default:
        targets.append(
            .target(
                name: room.name, dependencies: dependencies, path: path,
                swiftSettings: swiftSettings))
    }
}

// Every room has tests, in Tests/<wing>/<room>Tests; what several of them need is in Tests/Support.
// Nothing is looked up on disk: SwiftPM keeps an unchanged manifest's answers.
let support = Target.Dependency.target(name: "TestSupport")
targets.append(.target(name: "TestSupport", path: "Tests/Support", swiftSettings: swiftSettings))
for room in house where tested.contains(room.name) {
    let path = "Tests/\(room.wing)/\(room.name)Tests"
    let dependencies = ([room.name] + room.rooms).map { Target.Dependency.target(name: $0) }
    targets.append(
        .testTarget(
            name: "\(room.name)Tests", dependencies: dependencies + [support], path: path,
            swiftSettings: swiftSettings))
}
if asked == nil {
    let all = house.filter { $0.name != "starling" }.map { Target.Dependency.target(name: $0.name) }
    // Our side of the benchmarks; Benchmarks/run.py talks to it and to the counterparts.
    targets.append(
        .target(name: "CCeilings", path: "Benchmarks/Ceilings", cSettings: kernelSettings))
    targets.append(
        .executableTarget(
            name: "bench",
            dependencies: ["CCeilings", "CKernels", "Tensor", "Neural", "Language"].map {
                .target(name: $0)
            },
            path: "Benchmarks/Worker", swiftSettings: swiftSettings))
    // An environment in one file, for others to begin with: `starling env test --program`.
    targets.append(
        .executableTarget(
            name: "doubling", dependencies: [.target(name: "Gym")], path: "Examples/doubling",
            swiftSettings: swiftSettings))
    // Fuzzers are one ordinary program: `fuzz PARSER --seed N --seconds S`.
    targets.append(
        .executableTarget(
            name: "fuzz", dependencies: all + [support], path: "Tests/Fuzz", swiftSettings: swiftSettings))
    // A node for Scripts/conformance p2p, which sets it before nodes of other makers.
    targets.append(
        .executableTarget(
            name: "peernode",
            dependencies: ["Peers", "Multiformats", "Keys", "World", "Bytes"].map { .target(name: $0) },
            path: "Tests/Conformance/p2p/node", swiftSettings: swiftSettings))
    // The house's own rules, read from the sources.
    targets.append(
        .testTarget(
            name: "TidyTests", dependencies: [support], path: "Tests/Tidy",
            swiftSettings: swiftSettings))
}

let package = Package(
    name: "starling",
    // What an environment of your own is made with.
    products: built.contains("Gym") ? [.library(name: "Gym", targets: ["Gym"])] : [],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    ],
    targets: targets
)

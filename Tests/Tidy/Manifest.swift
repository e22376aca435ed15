/// The table of rooms, read from `Package.swift` as text: the manifest itself cannot be imported.
struct Manifest {
    struct Room {
        let name: String
        let wing: String
        let rooms: [String]
        let libraries: [String]

        var folder: String { "Sources/\(wing)/\(name)/" }
        var testFolder: String { "Tests/\(wing)/\(name)Tests/" }
    }

    let rooms: [Room]

    init(_ text: String) {
        var products: [Substring: Substring] = [:]
        let product = /static let (\w+) = Target\.Dependency\.product\(\s*name: "(\w+)"/
        for match in text.matches(of: product) { products[match.output.1] = match.output.2 }
        rooms = text.split(separator: "Room(").dropFirst().compactMap { piece in
            // One entry ends before the next begins; the last one, where the table closes.
            let entry = piece.prefix(
                upTo: piece.firstRange(of: "\n]")?.lowerBound ?? piece.endIndex)
            guard let name = entry.firstMatch(of: /^\s*name: "(\w+)"/)?.output.1,
                let wing = entry.firstMatch(of: /wing: "(\w+)"/)?.output.1
            else { return nil }
            let below = entry.firstMatch(of: /rooms: \[([^\]]*)\]/)?.output.1 ?? ""
            let named = entry.firstMatch(of: /libraries: \[([^\]]*)\]/)?.output.1 ?? ""
            return Room(
                name: String(name), wing: String(wing),
                rooms: below.matches(of: /"(\w+)"/).map { String($0.output.1) },
                libraries: named.matches(of: /Library\.(\w+)/).compactMap {
                    products[$0.output.1].map(String.init)
                })
        }
    }
}

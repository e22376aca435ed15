import Foundation

// fuzz PARSER --seed N --seconds S: small valid inputs, damaged in many ways; a trap is the
// failure. fuzz --list: the parsers, one a line. With --trace each input goes to stderr before it
// runs: the last one is what trapped.

func argument(_ name: String) -> String? {
    let arguments = CommandLine.arguments
    guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else {
        return nil
    }
    return arguments[place + 1]
}

func say(_ text: String, to handle: FileHandle = .standardOutput) {
    handle.write(Data((text + "\n").utf8))
}

let parsers = fuzzedParsers + codeParsers + networkParsers + streamParsers + meshParsers + certificateParsers
if CommandLine.arguments.contains("--list") {
    for parser in parsers { say(parser.name) }
    exit(0)
}
guard CommandLine.arguments.count > 1,
    let parser = parsers.first(where: { $0.name == CommandLine.arguments[1] })
else {
    say(
        "usage: fuzz \(parsers.map(\.name).joined(separator: "|")) --seed N --seconds S [--trace]",
        to: .standardError)
    exit(64)
}
let start = argument("--seed").flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)
let seconds = argument("--seconds").flatMap(Double.init) ?? 5
let traces = CommandLine.arguments.contains("--trace")
say("\(parser.name): seed \(start)")

let clock = ContinuousClock()
let began = clock.now
var mutator = Mutator(seed: start, seeds: parser.seeds, words: parser.words)
var accepted = 0, refused = 0
var slowest = Duration.zero
for seed in parser.seeds {
    do { try parser.run(seed) } catch {
        say("\(parser.name): a valid input is refused: \(error)", to: .standardError)
        exit(1)
    }
}
while clock.now - began < .seconds(seconds) {
    let input = mutator.next()
    if traces { say(String(decoding: input, as: UTF8.self).debugDescription, to: .standardError) }
    let before = clock.now
    do {
        try parser.run(input)
        accepted += 1
    } catch { refused += 1 }
    slowest = max(slowest, clock.now - before)
    guard slowest < .seconds(10) else {
        say("\(parser.name): an input of \(input.count) bytes took \(slowest)", to: .standardError)
        exit(1)
    }
}
say("\(parser.name): \(accepted) accepted, \(refused) refused, slowest \(slowest)")

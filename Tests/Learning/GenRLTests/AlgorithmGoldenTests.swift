import Foundation
import TestSupport
import Testing

@testable import GenRL

/// Losses and gradients of every algorithm are those of TRL, GenRL or the paper, on the same numbers:
/// recorded ones always, and new ones where `Tests/Conformance/trl/run` made some.
@Suite struct AlgorithmGoldenTests {
    static let recorded = read(Fixtures.root.appendingPathComponent("Tests/Golden/algorithms.json"))

    /// None if the file cannot be read, which a test of its own reports.
    static func read(_ file: URL) -> [AlgorithmCase] { (try? AlgorithmCase.read(file)) ?? [] }

    @Test func `every algorithm is recorded`() {
        let names = Set(Self.recorded.map(\.algorithm))
        #expect(names == Set(Algorithm.all.map { $0.name } + ["dpo", "sft"]))
    }

    @Test(arguments: recorded) func `loss and gradients agree`(one: AlgorithmCase) throws {
        try one.expectAgreement()
    }
}

/// Cases of another seed.
private let file = ProcessInfo.processInfo.environment["STARLING_ALGORITHMS"].map {
    URL(fileURLWithPath: $0)
}

/// The same on new numbers.
@Suite(.enabled(if: file != nil, "STARLING_ALGORITHMS names no file"))
struct AlgorithmOracleTests {
    static let cases = file.map(AlgorithmGoldenTests.read) ?? []

    @Test func `the file has cases`() { #expect(Self.cases.count >= 19) }

    @Test(arguments: cases) func `loss and gradients agree`(one: AlgorithmCase) throws {
        try one.expectAgreement()
    }
}

extension AlgorithmCase {
    func expectAgreement() throws {
        let ours = try outcome()
        #expect(abs(Double(ours.loss) - loss) < 1e-5, "loss \(ours.loss), not \(loss)")
        func compare(_ name: String, _ given: [Float]) {
            let expected = groups.flatMap { $0.flatMap { $0.numbers[name] ?? [] } }
            #expect(expected.count == given.count, "\(name)")
            for (index, pair) in zip(given, expected).enumerated() {
                #expect(abs(Double(pair.0) - pair.1) < 1e-5, "\(name) of token \(index): \(pair)")
            }
            #expect(expected.contains { abs($0) > 1e-4 }, "\(name) that says nothing")
        }
        compare("gradient", ours.gradient)
        if !ours.valueGradient.isEmpty { compare("valueGradient", ours.valueGradient) }
    }
}

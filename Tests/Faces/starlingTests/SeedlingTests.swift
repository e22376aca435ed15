import Foundation
import TestSupport
import Testing

/// The seed model in `models/seedling` is what its recipe makes, on every machine.
@Suite struct SeedlingTests {
    static let hash = "f5d881942c819942fb04ed8e8fd911a6d7c3a85dc4ecdfc4dc69a4d002ecff41"

    @Test(arguments: ["1", "2"]) func `the recipe makes the recorded weights`(threads: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let recipe = Fixtures.root.appendingPathComponent("recipes/seedling.toml").path
        let trained = try Program.run(
            ["train", "--config", recipe, "--threads", threads, "--json"], in: folder)
        let last = try #require(try trained.objects().last, "\(trained.errors)")
        #expect(last["hash"] as? String == Self.hash)
    }

    @Test func `the shipped folder has the recorded weights`() throws {
        let folder = Fixtures.root.appendingPathComponent("models/seedling").path
        let answer = try Program.run(["model", "hash", "--model", folder, "--json"])
        #expect(try answer.objects().last?["hash"] as? String == Self.hash)
    }
}

import Foundation
import TestSupport
import Testing

/// The seed model in `models/seedling` is what its recipe makes, on every machine.
@Suite struct SeedlingTests {
    static let hash = "3db326a8d03653725ffd9eb5a3e1b1fd3b0664b561dfab193c5e145fd6a74f1d"

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

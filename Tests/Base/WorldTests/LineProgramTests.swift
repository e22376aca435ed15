import Testing

@testable import World

@Suite struct `A program spoken to in lines` {
    @Test func `answers each line`() throws {
        let program = try LineProgram(["cat"])
        for line in ["", "one", "zwölf", String(repeating: "x", count: 200_000)] {
            #expect(try program.ask(line) == line)
        }
    }

    @Test func `keeps what it sent beyond a line for the next`() throws {
        let program = try LineProgram(["sh", "-c", "read a; printf 'one\\ntwo\\n'; read b; read c"])
        #expect(try program.ask("a") == "one")
        #expect(try program.ask("b") == "two")
    }

    @Test func `ends with a sentence where it does not exist, and stays ended`() throws {
        let program = try LineProgram(["no-such-program-of-starling"])
        #expect(throws: LineProgramError.ended("no-such-program-of-starling")) { try program.ask("x") }
        #expect(throws: LineProgramError.ended("no-such-program-of-starling")) { try program.ask("x") }
    }

    @Test func `has a name`() {
        #expect(throws: LineProgramError.notStarted("", reason: "it has no name")) { try LineProgram([]) }
    }

    @Test func `is given up when it is silent`() throws {
        let program = try LineProgram(["sh", "-c", "read a; read b"], timeout: .milliseconds(50))
        #expect(throws: LineProgramError.tooSlow("sh", timeout: .milliseconds(50))) { try program.ask("x") }
    }

    @Test func `may not answer without an end`() throws {
        let endless = try LineProgram(["sh", "-c", "tr '\\0' x < /dev/zero"], answerByteCountMax: 100_000)
        #expect(throws: LineProgramError.tooLong("sh", max: 100_000)) { try endless.ask("x") }
    }
}

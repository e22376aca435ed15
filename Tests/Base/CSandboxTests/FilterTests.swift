import CSandbox
import Testing

@Suite struct `A filter of system calls` {
    @Test func `fits its bytes, and says when there are too few`() {
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = csandbox_filter(0, &bytes, bytes.count)
        #if os(Linux)
        #expect(count > 0 && count % 8 == 0)
        #expect(csandbox_filter(0, &bytes, Int(count) - 1) < 0)
        #else
        #expect(count < 0)
        #endif
    }

    @Test func `grows with what it allows`() {
        var bytes = [UInt8](repeating: 0, count: 8192)
        let counts = [0, 2, 3, 7].map { csandbox_filter($0, &bytes, bytes.count) }
        #expect(counts == counts.sorted() && Set(counts).count == 4 || counts.allSatisfy { $0 < 0 })
    }

    @Test func `a child that cannot start is an error, not a child`() {
        var limits = csandbox_limits(
            cpu_seconds: 1, address_space: 1 << 30, file_bytes: 0, open_files: 16)
        var descriptors = csandbox_descriptors(input: -1, output: -1, error: -1, filter: -1)
        var arguments: [UnsafeMutablePointer<CChar>?] = [nil]
        #expect(csandbox_spawn("/no/such/program", &arguments, &descriptors, &limits, 0) < 0)
    }
}

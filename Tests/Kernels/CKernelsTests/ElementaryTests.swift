import CKernels
import Foundation
import TestSupport
import Testing

@Suite struct ElementaryTests {
    private func ulps(_ found: Float, _ exact: Double) -> Double {
        let exponent = max(exact == 0 ? -126 : Int(exact.exponent), -126)
        return abs(Double(found) - exact)
            / Double(sign: .plus, exponent: exponent - 23, significand: 1)
    }

    private func worst(
        _ low: Double, _ high: Double, _ f: (Float) -> Float, _ exact: (Double) -> Double
    ) -> Double {
        var worst = 0.0
        let count = 200_000
        for i in 0...count {
            let x = Float(low + (high - low) * Double(i) / Double(count))
            let error = ulps(f(x), exact(Double(x)))
            if !(error <= worst) { worst = error }
        }
        return worst
    }

    @Test func `exp is within an ulp where fp32 has a result`() {
        #expect(worst(-87.33, 88.72, ck_exp, exp) < 0.9)
        #expect(worst(-1, 1, ck_exp, exp) < 0.9)
    }

    @Test func `log is within an ulp, from subnormals to the largest number`() {
        #expect(worst(1e-3, 3, ck_log, log) < 0.95)
        #expect(worst(0.99, 1.01, ck_log, log) < 0.95)
        #expect(worst(3, 3.4e38, ck_log, log) < 0.95)
        #expect(worst(1.5e-45, 1e-37, ck_log, log) < 0.95)
    }

    @Test func `tanh is within two ulps`() {
        #expect(worst(-12, 12, ck_tanh, tanh) < 1.4)
        #expect(worst(-0.7, 0.7, ck_tanh, tanh) < 1.4)
        #expect(worst(-1e-6, 1e-6, ck_tanh, tanh) < 1.4)
    }

    @Test func `sin and cos are within two ulps, also near the zeros of large arguments`() {
        for (low, high) in [(-4.0, 4.0), (-8192, 8192), (8192, 131_072)] {
            #expect(worst(low, high, ck_sin, sin) < 1.6)
            #expect(worst(low, high, ck_cos, cos) < 1.6)
        }
        for k in stride(from: 1, to: 83_000, by: 7) {
            let x = Float(Double(k) * Double.pi / 2)
            let exact = k % 2 == 0 ? sin(Double(x)) : cos(Double(x))
            let found = k % 2 == 0 ? ck_sin(x) : ck_cos(x)
            #expect(ulps(found, exact) < 1.6, "x = \(x)")
        }
    }

    @Test func `special arguments give the documented results`() {
        #expect(ck_exp(-.infinity).bitPattern == 0x0080_0026)
        #expect(ck_exp(.infinity).bitPattern == 0x7F7F_FF84)
        #expect(ck_exp(.nan) == ck_exp(-87.33654))
        #expect(ck_exp(0) == 1)
        #expect(ck_log(0) == -.infinity && ck_log(-0.0) == -.infinity)
        #expect(ck_log(.infinity) == .infinity && ck_log(1) == 0)
        #expect(ck_log(-1).isNaN && ck_log(-.infinity).isNaN && ck_log(.nan).isNaN)
        #expect(ck_tanh(.infinity) == 1 && ck_tanh(-.infinity) == -1 && ck_tanh(.nan).isNaN)
        #expect(ck_tanh(-0.0).bitPattern == 0x8000_0000 && ck_sin(-0.0).bitPattern == 0x8000_0000)
        #expect(ck_cos(-0.0) == 1)
        for x in [Float.infinity, -.infinity, .nan, 131_073, -1e30] {
            #expect(ck_sin(x).isNaN && ck_cos(x).isNaN)
        }
        #expect(ck_exp64(710) == .infinity && ck_exp64(-746) == 0 && ck_exp64(.nan).isNaN)
        #expect(ck_exp64(-745) == .leastNonzeroMagnitude && ck_exp64(0) == 1)
        #expect(ck_log64(0) == -.infinity && ck_log64(.infinity) == .infinity)
        #expect(ck_log64(-1).isNaN && ck_log64(.nan).isNaN)
        #expect(ck_sin64(1e10).isNaN && ck_cos64(.nan).isNaN)
    }

    @Test func `the double-precision functions are within two ulps of the C library's`() {
        func worst(_ low: Double, _ high: Double, _ f: (Double) -> Double, _ g: (Double) -> Double)
            -> Double
        {
            var seed = Seed(11), worst = 0.0
            for _ in 0..<100_000 {
                let x = low + (high - low) * Double(seed.next() >> 11) * 0x1p-53
                let exact = g(x)
                worst = max(worst, abs(f(x) - exact) / exact.ulp)
            }
            return worst
        }
        #expect(worst(-700, 700, ck_exp64, exp) <= 2)
        #expect(worst(0.4, 3, ck_log64, log) <= 2)
        #expect(worst(0, 1e300, ck_log64, log) <= 2)
        #expect(worst(.leastNonzeroMagnitude, 0x1p-1030, ck_log64, log) <= 2)
        #expect(worst(-1e6, 1e6, ck_sin64, sin) <= 2)
        #expect(worst(-7, 7, ck_cos64, cos) <= 2)
        for t in stride(from: 1.0, to: 10_000, by: 37) {
            #expect(abs(ck_pow64(0.999, t) / pow(0.999, t) - 1) < 1e-14)
        }
    }
}

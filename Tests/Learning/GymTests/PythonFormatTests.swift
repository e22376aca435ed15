import TestSupport
import Testing

@testable import Gym

// Expected texts are those of CPython 3.11.

@Suite struct `Floats to a number of places` {
    @Test(arguments: [
        (0.5, 0, "0", "5e-01", "0.5"), (1.5, 0, "2", "2e+00", "2"), (2.5, 0, "2", "2e+00", "2"),
        (0.125, 2, "0.12", "1.25e-01", "0.125"), (2.675, 2, "2.67", "2.67e+00", "2.67"),
        (-0.001, 2, "-0.00", "-1.00e-03", "-0.001"),
        (1e22, 1, "10000000000000000000000.0", "1.0e+22", "1e+22"),
        (.leastNonzeroMagnitude, 3, "0.000", "4.941e-324", "4.941e-324"),
        (123456789.98765433, 6, "123456789.987654", "1.234568e+08", "1.234568e+08"),
        (999.9996, 3, "1000.000", "1.000e+03", "1000"), (-0.0, 1, "-0.0", "-0.0e+00", "-0"),
        (
            0.1, 30, "0.100000000000000005551115123126", "1.000000000000000055511151231258e-01",
            "0.1000000000000000055511151231258"
        ),
    ]) func `show the exact value, rounded half to even`(
        value: Double, places: Int, fixed: String, scientific: String, general: String
    ) {
        #expect(PythonFloat.fixed(value, places: places) == fixed)
        #expect(PythonFloat.scientific(value, places: places) == scientific)
        #expect(PythonFloat.general(value, digits: places + 1) == general)
    }

    @Test func `come back from seventeen digits`() {
        var seed = Seed(0x666d74)
        for _ in 0..<2_000 {
            let value = Double(bitPattern: seed.next())
            guard value.isFinite else { continue }
            let text = PythonFloat.scientific(value, places: 16)
            #expect(PythonFloat.parse(text) == value, "\(value) from seed 0x666d74")
            #expect(PythonFloat.parse(PythonFloat.general(value, digits: 17)) == value)
        }
    }

    @Test(arguments: [
        (1234567.5, "1,234,567.5"), (-123456, "-123,456.0"), (999, "999.0"),
        (-1e15, "-1,000,000,000,000,000.0"),
    ]) func `have commas`(value: Double, text: String) {
        #expect(PythonFloat.grouped(value) == text)
    }

    @Test func `are the nearest to a quotient`() {
        func two(_ power: Int) -> BigInteger { BigInteger(1).shiftedLeft(by: power) }
        #expect(PythonFloat.quotient(BigInteger(-2), BigInteger(3)) == -0.6666666666666666)
        #expect(PythonFloat.quotient(.powerOfTen(400), .powerOfTen(399) * BigInteger(7)) == 10.0 / 7)
        #expect(PythonFloat.quotient(two(53) + 1, BigInteger(1)) == 0x1p53)
        #expect(PythonFloat.quotient(two(54) + 3, BigInteger(2)) == 0x1p53 + 2)
        #expect(PythonFloat.quotient(BigInteger(1), two(1_074)) == 0x1p-1074)
        #expect(PythonFloat.quotient(BigInteger(1), two(1_075)) == 0)
        #expect(PythonFloat.quotient(BigInteger(3), two(1_075)) == 0x1p-1073)
        #expect(PythonFloat.quotient(two(1_024), BigInteger(1)) == .infinity)
    }

    @Test func `have the quotients of the processor`() {
        var seed = Seed(0x717565)
        for _ in 0..<2_000 {
            let (a, b) = (Int(seed.next() >> 11), Int(seed.next() >> 11) + 1)
            #expect(PythonFloat.quotient(BigInteger(a), BigInteger(b)) == Double(a) / Double(b))
        }
    }

    @Test func `have exact powers`() {
        #expect(PythonFloat.power(-1.5, 3) == -3.375 && PythonFloat.power(-2, -2) == 0.25)
        #expect(PythonFloat.power(3, -1) == 1.0 / 3 && PythonFloat.power(0, 0) == 1)
        #expect(PythonFloat.power(10, 308) == 1e308 && PythonFloat.power(10, 309) == .infinity)
        #expect(
            PythonFloat.power(10, -323) == (2 * Double.leastNonzeroMagnitude)
                && PythonFloat.power(0, -1) == .infinity)
    }
}

@Suite struct `Texts of numbers` {
    @Test(arguments: [
        ("0x1F", 31), ("-0X_ff", -255), ("0b101", 5), ("0o17", 15), ("017", nil), ("00", 0), ("0_0", 0),
        ("1_000", 1_000), ("0x", nil), ("0x_", nil), ("0x1__0", nil), ("_1", nil), ("+ 1", nil),
        ("--1", nil), (" 0xaB\n", 171), ("٠x1", 1), ("٣", 3), ("0b12", nil), ("0xg", nil), ("-0", 0),
        ("\u{1c}1", nil),
    ]) func `are read in the base they name`(text: String, value: Int?) {
        #expect(PythonText.literal(text)?.int == value)
    }

    @Test(arguments: [
        ("3/8", 0.375), ("-3/8", -0.375), (" .5 ", 0.5), ("5.", 5), ("1_000.25e-3", 1.00025), ("1/0", nil),
        ("/3", nil), ("1/", nil), ("1.d", nil), ("1e400", nil), ("1e-400", 0), ("١/٢", 0.5), ("1 / 2", nil),
        ("1_/2", nil), ("1/3", 1.0 / 3), ("2e1/3", nil), ("0x1", nil), ("nan", nil), (".", nil), ("", nil),
        ("123456789012345678901234567890/987654321", 1.249999988734375e+20),
    ]) func `are read as fractions`(text: String, value: Double?) {
        #expect(PythonFraction.value(text) == value)
    }

    @Test func `are no negative zero where they are a fraction of zero`() {
        #expect(PythonFraction.value("-0/7")?.sign == .plus && PythonFraction.value("-.0")?.sign == .plus)
        #expect(PythonFraction.value("-1e-400")?.sign == .minus)
    }

    @Test(arguments: [
        ("3+4i", 3.0, 4.0), ("(3 - 4J)", 3, -4), ("i", 0, 1), ("-i", 0, -1), ("7", 7, 0), ("-7i", 0, -7),
        ("-2+3j", -2, 3), ("3+i", 3, 1), ("-3-i", -3, -1), ("((2))", 2, 0), ("1e5i", 0, 1e5),
        ("1e+5i", 0, 1e5), ("1e-2+3e-1i", 0.01, 0.3), ("1e+i", 0, 10), ("\n3+4i", 3, 4), ("1_0+2i", 10, 2),
        ("+i", 0, 1), ("+5i", 0, 5),
    ]) func `are read as complex numbers`(text: String, real: Double, imaginary: Double) throws {
        let value = try #require(Complex(parsing: text))
        #expect(value.real == real && value.imaginary == imaginary)
    }

    @Test(arguments: ["3j+2", "3++4i", "-5j2", "2i+", "3\n+4i", "inf", "", "()", "3+1i2", "+", "-", "e+"])
    func `are no complex numbers`(text: String) {
        #expect(Complex(parsing: text)?.real == nil)
    }
}

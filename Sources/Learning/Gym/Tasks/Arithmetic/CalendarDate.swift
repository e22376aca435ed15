/// A day of the Gregorian calendar, extended to the years before it was made.
struct CalendarDate: Equatable, Comparable {
    static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]
    let year: Int
    let month: Int
    let day: Int

    init(_ year: Int, _ month: Int, _ day: Int) {
        (self.year, self.month, self.day) = (year, month, day)
    }

    static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func daysBefore(year: Int) -> Int {
        let y = year - 1
        return y * 365 + y / 4 - y / 100 + y / 400
    }

    /// Days since the day before January 1 of the year 1.
    var ordinal: Int {
        let months = (1..<month).reduce(0) { $0 + Self.days(in: $1, of: year) }
        return Self.daysBefore(year: year) + months + day
    }

    /// The day with this ordinal, from 1.
    init(ordinal: Int) {
        var year = ordinal / 366 + 1
        while Self.daysBefore(year: year + 1) < ordinal { year += 1 }
        var rest = ordinal - Self.daysBefore(year: year)
        var month = 1
        while rest > Self.days(in: month, of: year) {
            rest -= Self.days(in: month, of: year)
            month += 1
        }
        self.init(year, month, rest)
    }

    func adding(days: Int) -> CalendarDate { CalendarDate(ordinal: ordinal + days) }

    static func < (a: CalendarDate, b: CalendarDate) -> Bool { a.ordinal < b.ordinal }

    /// 0 for Monday.
    var weekdayIndex: Int { (ordinal + 6) % 7 }
    var weekday: String { Self.weekdays[weekdayIndex] }
    /// As in "March 5".
    var monthDay: String { "\(Self.months[month - 1]) \(day)" }
    /// As in "2024-03-05".
    var iso: String {
        "\(PythonText.padded(year, 4))-\(PythonText.padded(month, 2))-\(PythonText.padded(day, 2))"
    }
    /// As in "03/05/2024"; the year has no leading zeros.
    var slashed: String { "\(PythonText.padded(month, 2))/\(PythonText.padded(day, 2))/\(year)" }
}

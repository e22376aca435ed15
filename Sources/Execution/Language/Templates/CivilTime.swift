/// A moment as a calendar shows it, in UTC.
public struct CivilTime: Hashable, Sendable {
    /// The year, proleptic Gregorian.
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to 31.
    public let day: Int
    /// 0 is Sunday.
    public let weekday: Int
    /// 0 to 23.
    public let hour: Int
    /// 0 to 59.
    public let minute: Int
    /// 0 to 59.
    public let second: Int

    /// The moment so long after 1970-01-01 00:00 UTC.
    public init(sinceEpoch: Duration) {
        let seconds = Int(clamping: sinceEpoch.components.seconds)
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let inDay = seconds - days * 86_400
        (hour, minute, second) = (inDay / 3600, inDay / 60 % 60, inDay % 60)
        weekday = ((days + 4) % 7 + 7) % 7
        // Eras of 400 years that begin in March, so that the leap day is a year's last.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]
    private static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    /// The moment in a `strftime` format; nil if it asks for what is not built.
    func text(_ format: String) -> String? {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        var result = ""
        var isDirective = false
        for scalar in format.unicodeScalars {
            if !isDirective {
                if scalar == "%" {
                    isDirective = true
                } else {
                    result.unicodeScalars.append(scalar)
                }
                continue
            }
            isDirective = false
            switch scalar {
            case "d": result += two(day)
            case "b": result += Self.months[month - 1].prefix(3)
            case "B": result += Self.months[month - 1]
            case "Y": result += "\(year)"
            case "y": result += two(year % 100)
            case "m": result += two(month)
            case "H": result += two(hour)
            case "M": result += two(minute)
            case "S": result += two(second)
            case "A": result += Self.weekdays[weekday]
            case "a": result += Self.weekdays[weekday].prefix(3)
            case "%": result += "%"
            default: return nil
            }
        }
        return isDirective ? nil : result
    }
}

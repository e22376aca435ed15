/// A time of a day, with an offset from UTC where it has one.
struct Moment {
    private static let secondsPerDay = 86_400
    var date: CalendarDate
    /// 0 to 86,399.
    var second: Int
    var millisecond = 0
    var offsetHours: Int?

    /// The moment so much later, as its own clock shows it.
    func adding(days: Int = 0, seconds: Int, milliseconds: Int = 0) -> Moment {
        let total = millisecond + milliseconds
        let sum = second + seconds + total / 1_000
        var result = self
        result.millisecond = total % 1_000
        result.second = sum % Self.secondsPerDay
        result.date = date.adding(days: days + sum / Self.secondsPerDay)
        return result
    }

    /// Milliseconds from another moment to this one.
    func milliseconds(since other: Moment) -> Int {
        func total(_ moment: Moment) -> Int {
            let seconds = moment.date.ordinal * Self.secondsPerDay + moment.second
            return (seconds - 3_600 * (moment.offsetHours ?? 0)) * 1_000 + moment.millisecond
        }
        return total(self) - total(other)
    }

    /// `strftime` for the directives that task formats use; `%f` has three digits, and where there
    /// is no offset `%z` is nothing.
    func text(_ format: String) -> String {
        var result = ""
        var isDirective = false
        for character in format {
            if isDirective {
                result += directive(character)
                isDirective = false
            } else if character == "%" {
                isDirective = true
            } else {
                result.append(character)
            }
        }
        return result
    }

    private func directive(_ letter: Character) -> String {
        switch letter {
        case "Y": PythonText.padded(date.year, 4)
        case "m": PythonText.padded(date.month, 2)
        case "d": PythonText.padded(date.day, 2)
        case "B": CalendarDate.months[date.month - 1]
        case "b": String(CalendarDate.months[date.month - 1].prefix(3))
        case "A": date.weekday
        case "a": String(date.weekday.prefix(3))
        case "H": PythonText.padded(second / 3_600, 2)
        case "M": PythonText.padded(second / 60 % 60, 2)
        case "S": PythonText.padded(second % 60, 2)
        case "f": PythonText.padded(millisecond, 3)
        case "z": offset(separator: "")
        default: preconditionFailure("a directive that no format of ours has: %\(letter)")
        }
    }

    private func offset(separator: String) -> String {
        guard let offsetHours else { return "" }
        let hours = PythonText.padded(abs(offsetHours), 2)
        return (offsetHours < 0 ? "-" : "+") + hours + separator + "00"
    }

    /// `str(self)`.
    var iso: String {
        text("%Y-%m-%d %H:%M:%S") + (millisecond > 0 ? text(".%f000") : "") + offset(separator: ":")
    }

    /// What a reader of its text in this format knows of the moment: a weekday in parentheses and
    /// all behind it is lost, and so are seconds that are not shown.
    func read(_ format: String) -> Moment {
        if format.contains(" (") || !format.contains("%H") { return Moment(date: date, second: 0) }
        var result = self
        if !format.contains("%S") { result.second -= second % 60 }
        if !format.contains("%f") { result.millisecond = 0 }
        return result
    }
}

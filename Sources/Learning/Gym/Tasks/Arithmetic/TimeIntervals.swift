import Bytes

/// How long it is from one time to another.
///
/// The original dates a time without a date by the clock of its computer, in the metadata only. An
/// entry of ours has no clock: it takes `today`.
struct TimeIntervals: TaskFormat {
    static let name = "time_intervals"
    private static let kinds = ["time", "time_seconds", "time_ms", "date", "datetime", "datetime_tz"]
    private static let today = CalendarDate(2_000, 1, 1)
    private static let first = CalendarDate(1_900, 1, 1)
    private static let dayCount = CalendarDate(3_000, 1, 1).ordinal - first.ordinal
    private static let templates = [
        "What is the duration between {start} and {end}? Please answer in {format}.",
        "Calculate the time difference between {start} and {end}. Express the result in {format}.",
        "How much time elapsed from {start} to {end}? Give your answer in {format}.",
        "A meeting started at {start} and ended at {end}. How long was the meeting? Answer in {format}.",
        "A system operation started at {start} and completed at {end}. What was the operation duration? "
            + "Answer in {format}.",
        "A database query started at {start} and ended at {end}. How long did the query take? "
            + "Answer in {format}.",
        "A flight departed at {start} and arrived at {end}. How long was the flight? Answer in {format}.",
        "A video call started at {start} and ended at {end}. How long was the call? Answer in {format}.",
        "A system backup started at {start} and completed at {end}. What was the total backup duration? "
            + "Answer in {format}.",
        "A conference call began at {start} and ended at {end}. How long was the conference? "
            + "Answer in {format}.",
    ]
    private static let dateFormats = [
        "%Y-%m-%d", "%B %d, %Y", "%m/%d/%Y", "%A, %B %d, %Y", "%a %b %d %Y", "%d %B %Y", "%Y-%m-%d (%A)",
    ]
    private static let dateTimeFormats = [
        "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M %z", "%Y-%m-%d %H:%M:%S %z",
        "%A, %B %d, %Y at %H:%M", "%a %b %d %Y %H:%M:%S", "%d %B %Y, %H:%M", "%d %B %Y, %H:%M %z",
        "%Y-%m-%d (%A) %H:%M:%S %z",
    ]

    let seed: Int
    private let secondsMax: Int
    private let daysMax: Int
    private let kinds: [String]

    init(_ settings: inout Settings) throws(EnvironmentError) {
        secondsMax = try settings.int(
            "max_time_difference_seconds", default: 86_400, within: 1...1_000_000_000)
        daysMax = try settings.int("max_date_difference_days", default: 100, within: 1...Self.dayCount - 1)
        kinds = try settings.words("task_types", default: Self.kinds, of: Self.kinds)
        seed = try settings.seed()
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let kind = random.choice(kinds)
        let (start, end, format, unit) = interval(kind, &random)
        let template = random.choice(Self.templates)
        // Times of day are shown to the millisecond, whatever the metadata calls their format.
        let parts = ["{start}": start.text(format), "{end}": end.text(format), "{format}": unit]
        let (from, to) = (start.read(format), end.read(format))
        return Entry(
            question: Self.fill(template, parts),
            answer: Self.write(to.milliseconds(since: from), as: unit),
            metadata: metadata(
                index,
                [
                    "task_type": .text(kind), "start_time": .text(from.iso), "end_time": .text(to.iso),
                    "format": .text(format), "expected_format": .text(unit),
                ],
                difficulty: [
                    "max_time_difference_seconds": .int(secondsMax),
                    "max_date_difference_days": .int(daysMax),
                ]))
    }

    private static func fill(_ template: String, _ parts: [String: String]) -> String {
        var result = ""
        var name: String?
        for character in template {
            if character == "{" { name = "" }
            if name == nil { result.append(character) } else { name?.append(character) }
            if character == "}" {
                result += name.flatMap { parts[$0] } ?? ""
                name = nil
            }
        }
        return result
    }

    // MARK: Drawing

    private typealias Interval = (start: Moment, end: Moment, format: String, unit: String)

    private func interval(_ kind: String, _ random: inout PythonRandom) -> Interval {
        if kind.hasPrefix("time") { return timesOfDay(kind, &random) }
        return kind == "date" ? dates(&random) : datesAndTimes(&random)
    }

    private static func timeOfDay(_ random: inout PythonRandom) -> Int {
        let (hour, minute) = (random.randint(0, 23), random.randint(0, 59))
        return hour * 3_600 + minute * 60 + random.randint(0, 59)
    }

    /// Two times of one day; one that ends at midnight ends before it began.
    private func timesOfDay(_ kind: String, _ random: inout PythonRandom) -> Interval {
        let formats = [
            "time": ("%H:%M", "HH:MM"), "time_seconds": ("%H:%M:%S", "HH:MM:SS"),
            "time_ms": ("%H:%M:%S.%f", "HH:MM:SS.mmm"),
        ]
        let (format, unit) = formats[kind] ?? ("%H:%M", "HH:MM")
        var start = Moment(date: Self.today, second: Self.timeOfDay(&random))
        let seconds = random.randint(1, min(secondsMax, 86_400 - start.second))
        var milliseconds = 0
        if kind == "time_ms" {
            start.millisecond = random.randint(0, 999)
            milliseconds = random.randint(0, 999)
        }
        var end = start.adding(seconds: seconds, milliseconds: milliseconds)
        end.date = Self.today
        return (start, end, format, unit)
    }

    private func dates(_ random: inout PythonRandom) -> Interval {
        let format = random.choice(Self.dateFormats)
        let day = random.randint(0, Self.dayCount - daysMax - 1)
        let start = Moment(date: Self.first.adding(days: day), second: 0)
        let end = start.adding(days: random.randint(0, daysMax), seconds: 0)
        return (start, end, format, "D days")
    }

    private func datesAndTimes(_ random: inout PythonRandom) -> Interval {
        let format = random.choice(Self.dateTimeFormats)
        let unit = random.choice(["D days, HH:MM", "D days, HH:MM:SS"])
        let day = random.randint(0, Self.dayCount)
        var start = Moment(date: Self.first.adding(days: day), second: Self.timeOfDay(&random))
        let days = random.randint(0, daysMax)
        var end = start.adding(days: days, seconds: random.randint(1, secondsMax))
        if format.hasSuffix("%z") {
            start.offsetHours = random.randint(-12, 12)
            end.offsetHours = random.randint(-12, 12)
        }
        return (start, end, format, unit)
    }

    // MARK: Answers

    /// A duration in the unit asked for; one below 0 is rounded down in each of its parts.
    private static func write(_ milliseconds: Int, as unit: String) -> String {
        func floored(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((b - 1 - a) / b) }
        let seconds = floored(milliseconds, 1_000)
        let days = floored(seconds, 86_400)
        if unit == "D days" { return "\(days) days" }
        let isLong = unit.hasPrefix("D days")
        let hours = isLong ? (seconds - days * 86_400) / 3_600 : floored(seconds, 3_600)
        let rest = seconds - floored(seconds, 3_600) * 3_600
        var text = PythonText.padded(hours, 2) + ":" + PythonText.padded(rest / 60, 2)
        if unit.contains("SS") { text += ":" + PythonText.padded(rest % 60, 2) }
        if unit.hasSuffix("mmm") {
            // The original takes the fraction of a double, and may lose a millisecond with it.
            let total = Double(milliseconds * 1_000) / 1e6
            var fraction = total.truncatingRemainder(dividingBy: 1)
            if fraction < 0 { fraction += 1 }
            text += "." + PythonText.padded(Int(fraction * 1_000), 3)
        }
        return isLong ? "\(days) days, \(text)" : text
    }

    /// 1 for the right duration; less by its error over the greatest that the configuration allows.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, let expected = entry.answer, let kind = entry.metadata.member("task_type")?.text
        else { return 0 }
        let (read, most): ((String) -> Double?, Int) =
            switch kind {
            case "date": (Self.days, daysMax)
            case "time", "time_seconds", "time_ms": (Self.seconds, secondsMax)
            default: (Self.daysAndSeconds, daysMax * 86_400)
            }
        guard let given = read(answer), let wanted = read(expected) else { return 0 }
        return given == wanted ? 1 : max(0, 1 - abs(given - wanted) / Double(most))
    }

    /// The number before "days".
    private static func days(_ text: String) -> Double? {
        let words = text.unicodeScalars.split(whereSeparator: PythonText.isSpace)
        return words.first.flatMap { exact(String(String.UnicodeScalarView($0))) }.map { Double($0) }
    }

    /// The seconds of `H:M`, `H:M:S` or `H:M:S.mmm`.
    private static func seconds(_ text: String) -> Double? {
        let parts = PythonText.split(PythonText.strip(text), by: ":")
        guard let minutes = minutes(parts) else { return nil }
        if parts.count == 2 { return Double(minutes * 60) }
        let halves = PythonText.split(parts[2], by: ".")
        guard halves.count <= 2, let seconds = exact(halves[0]) else { return nil }
        if halves.count == 1 { return Double(minutes * 60 + seconds) }
        guard let fraction = exact(halves[1]) else { return nil }
        return Double(minutes * 60) + (Double(seconds) + Double(fraction) / 1_000)
    }

    private static func daysAndSeconds(_ text: String) -> Double? {
        let parts = PythonText.split(text, by: ",")
        guard parts.count > 1 else { return nil }
        // The number stands before the first " days,", and no comma may stand in it.
        guard parts[0].hasSuffix(" days"), let days = exact(String(parts[0].dropLast(5))) else { return nil }
        let times = PythonText.split(PythonText.strip(parts[1]), by: ":")
        guard let minutes = minutes(times) else { return nil }
        var seconds = minutes * 60
        if times.count > 2 {
            guard let more = exact(times[2]) else { return nil }
            seconds += more
        }
        return Double(days * 86_400 + seconds)
    }

    /// Hours and minutes together.
    private static func minutes(_ parts: [String]) -> Int? {
        guard parts.count > 1, let hours = exact(parts[0]), let minutes = exact(parts[1]) else { return nil }
        return hours * 60 + minutes
    }

    /// A whole number that is small enough for sums in seconds to be exact doubles.
    private static func exact(_ text: String) -> Int? {
        guard let value = PythonText.integer(text)?.int, abs(Double(value)) <= 1e10 else { return nil }
        return value
    }
}

import Bytes

/// Questions about dates and weekdays.
struct CalendarArithmetic: TaskFormat {
    static let name = "calendar_arithmetic"
    private static let allTasks = [
        "weekday_offset", "weekday_of_date", "weekday_of_date_from_first_date",
        "recurring_event_day", "count_days", "count_business_days", "is_leap_year",
    ]
    let seed: Int
    private let year: Int
    private let tasks: [String]
    private let offsetMax: Int
    private let leapYearRange: Int

    init(_ settings: inout Settings) throws(EnvironmentError) {
        // Dates stay between the years 1 and 9999 at every offset.
        year = try settings.int("year", default: 2_022, within: 2...9_997)
        tasks = try settings.words(
            "tasks", default: Self.allTasks, of: Self.allTasks, spelled: PythonText.lower)
        offsetMax = try settings.int("offset_upper_bound", default: 100, within: 1...366)
        leapYearRange = try settings.int("leap_year_range", default: 200, within: 0...1_000_000)
        seed = try settings.seed()
    }

    /// A question, its answer and the facts that only its kind has.
    struct Made {
        var question: String
        var answer: String
        var facts: [(String, JSON)]
    }

    func entry(at index: Int) -> Entry {
        var random = random(at: index)
        let task = random.choice(tasks)
        let made: Made
        switch task {
        case "weekday_offset": made = weekdayOffset(&random)
        case "weekday_of_date": made = weekdayOfDate(&random)
        case "weekday_of_date_from_first_date": made = weekdayFromFirst(&random)
        case "recurring_event_day": made = recurringEvent(&random)
        case "count_days": made = countDays(&random)
        case "count_business_days": made = countBusinessDays(&random)
        default: made = leapYear(&random)
        }
        return Entry(
            question: made.question, answer: made.answer,
            metadata: .members(
                [("task", .text(task))] + made.facts + [
                    ("source_dataset", .text(Self.name)), ("source_index", .int(index)),
                    (
                        "difficulty",
                        .members([
                            ("tasks", .texts(tasks)), ("offset_upper_bound", .int(offsetMax)),
                        ])
                    ),
                ]))
    }

    // MARK: Scoring

    /// What each kind of answer is worth.
    ///
    /// Weekdays: 1, a little for a wrong one. Numbers: less the further away. Yes or no: 1.
    func score(_ answer: String?, for entry: Entry) -> Double {
        guard let answer, !answer.isEmpty, let expected = entry.answer else { return 0 }
        let given = PythonText.strip(answer)
        switch entry.metadata.member("task")?.text {
        case "weekday_offset", "weekday_of_date", "weekday_of_date_from_first_date":
            if PythonText.equal(given, expected) { return 1 }
            if CalendarDate.weekdays.contains(where: { PythonText.equal($0, given) }) { return 0.1 }
            let title = PythonText.title(given)
            return CalendarDate.weekdays.contains { PythonText.equal($0, title) } ? 0.05 : 0
        case "count_business_days", "count_days", "recurring_event_day":
            guard let count = PythonText.integer(given), let goal = Int(expected) else { return 0 }
            if goal == 0 { return count.isZero ? 1 : 0 }
            // Beyond a million the score is zero to the last bit of a double.
            guard let near = (count - goal).int, abs(near) < 1_000_000, goal > 0 else { return 0 }
            return PythonFloat.exp(-5 * (Double(abs(near)) / Double(goal)))
        case "is_leap_year":
            return PythonText.equal(PythonText.lower(given), PythonText.lower(expected)) ? 1 : 0
        default:
            return 0
        }
    }

    // MARK: Draws

    static let dayPhrases = [
        "Answer with the weekday's name (e.g., Monday, Tuesday, etc.).",
        "Provide the full name of the weekday.", "State the weekday (Monday through Sunday).",
        "Give the weekday name in full.", "Reply with just the weekday name.",
        "Write out the full weekday name.", "Respond with the weekday (Monday-Sunday).",
        "Answer using the complete weekday name.", "Name the day of the week in full.",
    ]
    static let countPhrases = [
        "Answer with a number.", "Provide the count as a number.", "Respond with just the number.",
        "Write the total number.", "Give the count numerically.", "State the amount as a number.",
        "Reply with the numerical value.", "Express your answer as a number.",
    ]

    private func dateOfYear(_ random: inout PythonRandom) -> CalendarDate {
        let month = random.randint(1, 12)
        let day = random.randint(1, CalendarDate.days(in: month, of: year))
        return CalendarDate(year, month, day)
    }

    private func date(from first: CalendarDate, to last: CalendarDate, _ random: inout PythonRandom)
        -> CalendarDate
    {
        first.adding(days: random.randint(0, last.ordinal - first.ordinal))
    }

    private var newYear: CalendarDate { CalendarDate(year, 1, 1) }
    private var yearEnd: CalendarDate { CalendarDate(year, 12, 31) }

    // MARK: Kinds of questions

    private func weekdayOffset(_ random: inout PythonRandom) -> Made {
        let start = dateOfYear(&random)
        let count = random.randint(1, offsetMax)
        let offset = random.choice([-1, 1]) * count
        let target = start.adding(days: offset)
        let date = "\(start.weekday), \(start.monthDay), \(start.year)"
        let phrases =
            offset >= 0
            ? [
                "If today is \(date), what day of the week will it be in \(count) days? ",
                "Starting from \(date), which weekday falls after a \(count)-day jump? ",
                "Count forward \(count) days from \(date) - what's the weekday? ",
            ]
            : [
                "If today is \(date), what day of the week was it \(count) days ago? ",
                "Starting from \(date), which weekday was it \(count) days before? ",
                "Count backward \(count) days from \(date) - what's the weekday? ",
            ]
        return Made(
            question: random.choice(phrases) + random.choice(Self.dayPhrases),
            answer: target.weekday,
            facts: [
                ("start_date", .text(start.iso)), ("offset_days", .int(offset)),
                ("target_date", .text(target.iso)),
            ])
    }

    private func weekdayOfDate(_ random: inout PythonRandom) -> Made {
        let target = dateOfYear(&random)
        let phrase = random.choice([
            "What day of the week was \(target.monthDay), \(year)?",
            "On which weekday did \(target.monthDay), \(year) fall?",
            "Name the day of the week for \(target.slashed).",
        ])
        return Made(
            question: phrase + " " + random.choice(Self.dayPhrases), answer: target.weekday,
            facts: [("target_date", .text(target.iso))])
    }

    private func weekdayFromFirst(_ random: inout PythonRandom) -> Made {
        let first = random.randint(0, 6)
        let last = min(newYear.adding(days: offsetMax), yearEnd)
        var target = newYear
        while target == newYear { target = date(from: newYear, to: last, &random) }
        let days = target.ordinal - newYear.ordinal
        let day = CalendarDate.weekdays[first]
        let phrase = random.choice([
            "If the first day of the year was a \(day), what day of the week will "
                + "\(target.monthDay) be? ",
            "Given that January 1 fell on a \(day), which weekday occurs on \(target.monthDay)? ",
            "In a year where \(day) is January 1st, name the weekday of \(target.monthDay). ",
        ])
        return Made(
            question: phrase + random.choice(Self.dayPhrases),
            answer: CalendarDate.weekdays[(first + days) % 7],
            facts: [
                ("year", .int(year)), ("first_day", .text(day)), ("target_date", .text(target.iso)),
                ("delta_days", .int(days)),
            ])
    }

    private func recurringEvent(_ random: inout PythonRandom) -> Made {
        let month = random.randint(1, 12)
        let ordinals = ["first", "second", "third", "fourth", "last"]
        let ordinal = random.choice(ordinals)
        let wanted = random.randint(0, 6)
        let weekday = CalendarDate.weekdays[wanted]
        let name = CalendarDate.months[month - 1]
        let days = (1...CalendarDate.days(in: month, of: year)).filter {
            CalendarDate(year, month, $0).weekday == weekday
        }
        // A month has each weekday four or five times, so every ordinal exists.
        let day = ordinal == "last" ? days.last : days[ordinals.firstIndex(of: ordinal) ?? 0]
        let phrase = random.choice([
            "If a meeting is scheduled on the \(ordinal) \(weekday) of \(name) \(year), "
                + "on which day of the month does it occur? ",
            "In \(name) \(year), if an event recurs on the \(ordinal) \(weekday), "
                + "what is the date (day of the month) of the event? ",
            "Determine the day of the month for the \(ordinal) \(weekday) in \(name) \(year). ",
        ])
        return Made(
            question: phrase + random.choice(Self.countPhrases)
                + " Answer with -1 if the ordinal does not exist in the month.",
            answer: String(day ?? -1),
            facts: [
                ("year", .int(year)), ("month", .int(month)), ("ordinal", .text(ordinal)),
                ("weekday", .text(weekday)),
            ])
    }

    private func countDays(_ random: inout PythonRandom) -> Made {
        let start = date(from: newYear, to: yearEnd, &random)
        let end = date(from: start, to: min(yearEnd, start.adding(days: offsetMax)), &random)
        let day = CalendarDate.weekdays[random.randint(0, 6)]
        let count = (start.ordinal...end.ordinal).count { CalendarDate(ordinal: $0).weekday == day }
        let (a, b) = ("\(start.weekday), \(start.monthDay)", "\(end.weekday), \(end.monthDay)")
        let phrase = random.choice([
            "How many \(day)s are there from \(a), \(year) to \(b), \(year) "
                + "(inclusive of both dates)? ",
            "Count the occurrences of \(day) from \(a) to \(b), \(year) "
                + "(including both start and end dates). ",
            "Between \(a), \(year) and \(b), \(year) (counting both dates), "
                + "how many times does \(day) occur? ",
        ])
        return Made(
            question: phrase + random.choice(Self.countPhrases), answer: String(count),
            facts: [
                ("year", .int(year)), ("start_date", .text(start.iso)),
                ("end_date", .text(end.iso)),
            ])
    }

    private func countBusinessDays(_ random: inout PythonRandom) -> Made {
        let start = date(from: newYear, to: yearEnd, &random)
        let end = date(from: start, to: start.adding(days: offsetMax), &random)
        let days = start.ordinal...end.ordinal
        let count = days.count { CalendarDate(ordinal: $0).weekdayIndex < 5 }
        let (a, b) = ("\(start.weekday), \(start.monthDay)", "\(end.weekday), \(end.monthDay)")
        let phrase = random.choice([
            "How many business days (Monday-Friday) are there from \(a), \(year) to \(b), \(year) "
                + "(inclusive of both dates)? ",
            "Count the weekdays (excluding weekends) from \(a) to \(b), \(year) "
                + "(including both start and end dates). ",
            "Between \(a), \(year) and \(b), \(year) (counting both dates), "
                + "what's the total count of business days (Monday through Friday)? ",
        ])
        return Made(
            question: phrase + random.choice(Self.countPhrases), answer: String(count),
            facts: [("start_date", .text(start.iso)), ("end_date", .text(end.iso))])
    }

    private func leapYear(_ random: inout PythonRandom) -> Made {
        let half = leapYearRange / 2
        let asked = random.randint(year - half, year + half)
        let leap = CalendarDate.isLeap(asked)
        let phrase = random.choice([
            "Determine if the year \(asked) is a leap year. ", "Is \(asked) a leap year? ",
            "Tell me whether \(asked) is a leap year. ",
        ])
        return Made(
            question: phrase + "Answer with Yes or No.", answer: leap ? "Yes" : "No",
            facts: [("year", .int(asked)), ("is_leap", .flag(leap))])
    }
}

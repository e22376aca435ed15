import Bytes

extension TemplateRenderer {
    /// The value of an expression; `evaluate` guards depth and work around it.
    mutating func value(of expression: TemplateExpression) throws(ChatTemplateError)
        -> TemplateValue
    {
        switch expression.kind {
        case .literal(let value): return value
        case .name(let name): return lookUp(name)
        case .list(let items):
            var values: [TemplateValue] = []
            for item in items { values.append(try evaluate(item)) }
            return .list(values)
        case .map(let members): return try map(members)
        case .attribute(let base, let name): return try attribute(try evaluate(base), name)
        case .item(let base, let key): return try item(try evaluate(base), try evaluate(key))
        case .slice(let base, let bounds): return try slice(try evaluate(base), bounds)
        case .call(let function, let arguments): return try call(try evaluate(function), arguments)
        case .filter(let base, let name, let arguments):
            return try filter(name, try evaluate(base), try values(arguments))
        case .test(let base, let name, let arguments, let negated):
            var values: [TemplateValue] = []
            for argument in arguments { values.append(try evaluate(argument)) }
            return .flag(try test(name, try evaluate(base), values) != negated)
        case .not(let base): return .flag(!(try evaluate(base).isTrue))
        case .negative(let base): return try negative(try evaluate(base))
        case .and(let left, let right):
            let first = try evaluate(left)
            return first.isTrue ? try evaluate(right) : first
        case .or(let left, let right):
            let first = try evaluate(left)
            return first.isTrue ? first : try evaluate(right)
        case .binary(let sign, let left, let right):
            return try binary(sign, try evaluate(left), try evaluate(right))
        case .comparison(let first, let others): return try comparison(first, others)
        case .choice(let value, let condition, let other):
            if try evaluate(condition).isTrue { return try evaluate(value) }
            return try other.map { other throws(ChatTemplateError) in try evaluate(other) }
                ?? .undefined("")
        }
    }

    private mutating func map(
        _ members: [(TemplateExpression, TemplateExpression)]
    ) throws(ChatTemplateError) -> TemplateValue {
        var map = TemplateMap()
        for member in members {
            guard case .text(let key) = try evaluate(member.0) else {
                throw failure("keys of a mapping are strings here")
            }
            map[key] = try evaluate(member.1)
        }
        return .map(map)
    }

    /// Evaluated arguments.
    struct Arguments {
        var positional: [TemplateValue] = []
        var named: [(name: String, value: TemplateValue)] = []

        /// An argument by place or by name.
        func value(_ index: Int, _ name: String) -> TemplateValue? {
            index < positional.count ? positional[index] : named.last { $0.name == name }?.value
        }
    }

    private mutating func values(
        _ arguments: TemplateArguments
    ) throws(ChatTemplateError) -> Arguments {
        var result = Arguments()
        for argument in arguments.positional { result.positional.append(try evaluate(argument)) }
        for argument in arguments.named {
            result.named.append((argument.name, try evaluate(argument.value)))
        }
        return result
    }

    // MARK: Members

    private func attribute(_ base: TemplateValue, _ name: String) throws(ChatTemplateError)
        -> TemplateValue
    {
        switch base {
        case .map(let map):
            // As Python's getattr comes first, a mapping's methods hide members of their names.
            if Self.mapMethods.contains(name) { return .method(base, name) }
            return map[name] ?? .undefined(name)
        case .namespace(let space): return space.values[ExactText(name)] ?? .undefined(name)
        case .text: return Self.textMethods.contains(name) ? .method(base, name) : .undefined(name)
        case .undefined(let missing): throw failure("\(missing) is undefined and has no \(name)")
        default: return .undefined(name)
        }
    }

    private func item(_ base: TemplateValue, _ key: TemplateValue) throws(ChatTemplateError)
        -> TemplateValue
    {
        switch (base, key) {
        case (.map(let map), .text(let name)): return map[name] ?? .undefined(name)
        case (.namespace(let space), .text(let name)):
            return space.values[ExactText(name)] ?? .undefined(name)
        case (.list(let items), _):
            guard let index = key.whole else { return .undefined(key.shown) }
            let place = index < 0 ? index + items.count : index
            return items.indices.contains(place) ? items[place] : .undefined("\(index)")
        case (.text(let text), _):
            guard let index = key.whole else { return try attribute(base, key.shown) }
            let scalars = Array(text.unicodeScalars)
            let place = index < 0 ? index + scalars.count : index
            return scalars.indices.contains(place)
                ? .text(String(scalars[place])) : .undefined("\(index)")
        case (.undefined(let missing), _):
            throw failure("\(missing) is undefined and has no \(key.shown)")
        default: return .undefined(key.shown)
        }
    }

    private mutating func slice(
        _ base: TemplateValue, _ bounds: [TemplateExpression?]
    ) throws(ChatTemplateError) -> TemplateValue {
        var numbers: [Int?] = []
        for bound in bounds {
            guard let bound else {
                numbers.append(nil)
                continue
            }
            let value = try evaluate(bound)
            if case .none = value {
                numbers.append(nil)
            } else if let number = value.whole {
                numbers.append(number)
            } else {
                throw failure("a slice goes from number to number, not \(value.typeName)")
            }
        }
        let step = numbers.count > 2 ? numbers[2] ?? 1 : 1
        guard step != 0 else { throw failure("the step of a slice is 0") }
        switch base {
        case .list(let items):
            try charge(16 * items.count)
            return .list(Self.indices(items.count, numbers[0], numbers[1], step).map { items[$0] })
        case .text(let text):
            try charge(text.utf8.count)
            let scalars = Array(text.unicodeScalars)
            let places = Self.indices(scalars.count, numbers[0], numbers[1], step)
            return .text(String(String.UnicodeScalarView(places.map { scalars[$0] })))
        default: throw failure("\(base.typeName) has no slices")
        }
    }

    /// The places that Python's slice of `count` things picks.
    private static func indices(_ count: Int, _ start: Int?, _ stop: Int?, _ step: Int) -> [Int] {
        func place(_ bound: Int?, _ missing: Int, _ low: Int, _ high: Int) -> Int {
            guard let bound else { return missing }
            let place = bound < 0 ? max(bound, -count - 1) + count : bound
            return min(max(place, low), high)
        }
        if step > 0 {
            let first = place(start, 0, 0, count)
            return Array(stride(from: first, to: place(stop, count, 0, count), by: step))
        }
        let first = place(start, count - 1, -1, count - 1)
        return Array(
            stride(from: first, to: place(stop, -1, -1, count - 1), by: max(step, -count - 1)))
    }

    // MARK: Arithmetic

    private func negative(_ value: TemplateValue) throws(ChatTemplateError) -> TemplateValue {
        if let whole = value.whole { return .int(try exact(0.subtractingReportingOverflow(whole))) }
        guard let number = value.number else { throw failure("\(value.typeName) has no negative") }
        return .real(-number)
    }

    private func exact(_ result: (partialValue: Int, overflow: Bool)) throws(ChatTemplateError)
        -> Int
    {
        guard !result.overflow else { throw failure("a whole number is too large") }
        return result.partialValue
    }

    private mutating func binary(
        _ sign: String, _ left: TemplateValue, _ right: TemplateValue
    ) throws(ChatTemplateError) -> TemplateValue {
        switch (sign, left, right) {
        case ("~", _, _): return try joined(left.shown, right.shown)
        case ("+", .text(let first), .text(let second)): return try joined(first, second)
        case ("+", .list(let first), .list(let second)):
            try charge(16 * (first.count + second.count))
            return .list(first + second)
        case ("*", .text(let text), .int(let count)), ("*", .int(let count), .text(let text)):
            let size = text.utf8.count.multipliedReportingOverflow(by: max(count, 0))
            guard !size.overflow, size.partialValue <= limits.outputBytes else {
                throw .limit("\(limits.outputBytes) bytes of text")
            }
            try charge(size.partialValue)
            return .text(String(repeating: text, count: max(count, 0)))
        default: break
        }
        if let first = left.whole, let second = right.whole, sign != "/", sign != "**" {
            return .int(try whole(sign, first, second))
        }
        guard let first = left.number, let second = right.number else {
            throw failure("\(left.typeName) \(sign) \(right.typeName) is not possible")
        }
        switch sign {
        case "+": return .real(first + second)
        case "-": return .real(first - second)
        case "*": return .real(first * second)
        case "/" where second != 0: return .real(first / second)
        case "//" where second != 0: return .real((first / second).rounded(.down))
        case "%" where second != 0: return .real(first - second * (first / second).rounded(.down))
        case "**": throw failure("powers are not built")
        default: throw failure("division by 0")
        }
    }

    private mutating func joined(
        _ first: String, _ second: String
    ) throws(ChatTemplateError) -> TemplateValue {
        let size = first.utf8.count + second.utf8.count
        guard size <= limits.outputBytes else {
            throw .limit("\(limits.outputBytes) bytes of text")
        }
        try charge(size)
        return .text(first + second)
    }

    private func whole(_ sign: String, _ first: Int, _ second: Int) throws(ChatTemplateError) -> Int {
        switch sign {
        case "+": return try exact(first.addingReportingOverflow(second))
        case "-": return try exact(first.subtractingReportingOverflow(second))
        case "*": return try exact(first.multipliedReportingOverflow(by: second))
        default:
            guard second != 0 else { throw failure("division by 0") }
            // Python rounds towards minus infinity.
            let quotient = try exact(first.dividedReportingOverflow(by: second))
            let rest = first - quotient * second
            let isOff = rest != 0 && (rest < 0) != (second < 0)
            return sign == "%" ? (isOff ? rest + second : rest) : (isOff ? quotient - 1 : quotient)
        }
    }

    // MARK: Comparison

    private mutating func comparison(
        _ first: TemplateExpression, _ others: [(String, TemplateExpression)]
    ) throws(ChatTemplateError) -> TemplateValue {
        var left = try evaluate(first)
        for (sign, expression) in others {
            let right = try evaluate(expression)
            guard try compare(sign, left, right) else { return .flag(false) }
            left = right
        }
        return .flag(true)
    }

    mutating func compare(
        _ sign: String, _ left: TemplateValue, _ right: TemplateValue
    ) throws(ChatTemplateError) -> Bool {
        switch sign {
        case "==": return left.equals(right)
        case "!=": return !left.equals(right)
        case "in": return try contains(right, left)
        case "not in": return !(try contains(right, left))
        default: break
        }
        if case .text(let first) = left, case .text(let second) = right {
            let isLess = first.unicodeScalars.lexicographicallyPrecedes(second.unicodeScalars)
            let isEqual = ExactText(first) == ExactText(second)
            return Self.holds(sign, isLess: isLess, isEqual: isEqual)
        }
        guard let first = left.number, let second = right.number else {
            throw failure("\(left.typeName) and \(right.typeName) have no order")
        }
        return Self.holds(sign, isLess: first < second, isEqual: first == second)
    }

    private static func holds(_ sign: String, isLess: Bool, isEqual: Bool) -> Bool {
        switch sign {
        case "<": isLess
        case "<=": isLess || isEqual
        case ">": !isLess && !isEqual
        default: !isLess
        }
    }

    mutating func contains(
        _ whole: TemplateValue, _ part: TemplateValue
    ) throws(ChatTemplateError) -> Bool {
        switch (whole, part) {
        case (.text(let text), .text(let wanted)):
            try charge(text.utf8.count)
            return wanted.isEmpty || !text.ranges(of: wanted, limit: 1).isEmpty
        case (.list(let items), _):
            try charge(16 * items.count)
            return items.contains { $0.equals(part) }
        case (.map(let map), .text(let key)): return map[key] != nil
        case (.map, _), (.undefined, _): return false
        default: throw failure("\(part.typeName) cannot be looked for in \(whole.typeName)")
        }
    }

    // MARK: Functions

    private mutating func call(
        _ function: TemplateValue, _ arguments: TemplateArguments
    ) throws(ChatTemplateError) -> TemplateValue {
        let given = try values(arguments)
        switch function {
        case .macro(let macro): return try call(macro, given.positional, given.named)
        case .method(let base, let name): return try method(name, of: base, given)
        case .function("raise_exception"):
            throw .refused(given.value(0, "message")?.shown ?? "no reason given")
        case .function("namespace"):
            let space = TemplateNamespace()
            for argument in given.named { space.values[ExactText(argument.name)] = argument.value }
            if case .map(let map)? = given.positional.first {
                for member in map.members { space.values[ExactText(member.key)] = member.value }
            }
            return .namespace(space)
        case .function("dict"):
            var map = TemplateMap()
            for argument in given.named { map[argument.name] = argument.value }
            return .map(map)
        case .function("range"): return try range(given.positional)
        case .function("strftime_now"):
            guard let date, case .text(let format)? = given.value(0, "format") else {
                throw failure("strftime_now takes a format")
            }
            guard let text = date.text(format) else {
                throw failure("the format \(format) is not built")
            }
            return .text(text)
        case .undefined(let name): throw failure("there is no function \(name)")
        default: throw failure("\(function.typeName) cannot be called")
        }
    }

    private mutating func range(_ arguments: [TemplateValue]) throws(ChatTemplateError)
        -> TemplateValue
    {
        let numbers = arguments.compactMap(\.whole)
        guard numbers.count == arguments.count, (1...3).contains(numbers.count) else {
            throw failure("range takes one to three whole numbers")
        }
        let start = numbers.count > 1 ? numbers[0] : 0
        let end = numbers.count > 1 ? numbers[1] : numbers[0]
        let step = numbers.count > 2 ? numbers[2] : 1
        guard step != 0 else { throw failure("the step of a range is 0") }
        let limit = 1 << 30
        guard abs(start) < limit, abs(end) < limit, abs(step) < limit else {
            throw .limit("\(limit) as a range's bound")
        }
        let count = max(0, (end - start + step - step.signum()) / step)
        try charge(16 * count)
        return .list((0..<count).map { .int(start + $0 * step) })
    }
}

import Bytes

/// Typed values of a configuration object.
struct ConfigFields {
    let file: JSON

    init(_ file: JSON) { self.file = file }

    /// A positive whole number of at most `limit`.
    func size(
        _ key: String, limit: Int, default missing: Int? = nil
    ) throws(ModelConfigError) -> Int {
        guard let value = file[key] else {
            guard let missing else { throw .missing(key) }
            guard (1...limit).contains(missing) else {
                throw .invalid(key: key, value: "\(missing)")
            }
            return missing
        }
        guard let number = value.wholeNumber, (1...limit).contains(number) else {
            throw .invalid(key: key, value: value.text())
        }
        return number
    }

    func number(_ key: String, default missing: Double) throws(ModelConfigError) -> Double {
        guard let value = file[key] else { return missing }
        guard let number = value.realNumber else { throw .invalid(key: key, value: value.text()) }
        return number
    }

    func positive(_ key: String) throws(ModelConfigError) -> Double {
        guard let value = file[key] else { throw .missing(key) }
        guard let number = value.realNumber, number > 0 else {
            throw .invalid(key: key, value: value.text())
        }
        return number
    }

    func flag(_ key: String) throws(ModelConfigError) -> Bool {
        guard let value = file[key] else { return false }
        guard let flag = value.flag else { throw .invalid(key: key, value: value.text()) }
        return flag
    }

    /// One id or a list of them.
    func tokens(_ key: String, below limit: Int) throws(ModelConfigError) -> [Int32] {
        guard let value = file[key] else { return [] }
        let entries = value.elements ?? [value]
        guard entries.count <= 64 else {
            throw .invalid(key: key, value: "\(entries.count) tokens")
        }
        var ids: [Int32] = []
        for entry in entries {
            guard let number = entry.wholeNumber, number < limit, number >= -1 else {
                throw .invalid(key: key, value: entry.text())
            }
            // Some old files write -1 for none.
            if number >= 0 { ids.append(Int32(number)) }
        }
        return ids
    }
}

/// Comma-separated values (RFC 4180): quoted fields with doubled quotes and line ends in them, lines that
/// end with LF or CRLF.
public enum CSV {
    /// Bounds of a table, for texts of strangers.
    public struct Limits: Hashable, Sendable {
        /// Rows, the first included.
        public var rows = 10_000_000
        /// Fields of a row.
        public var fields = 1_024
        /// Limits with these defaults.
        public init() {}
    }

    /// Why a text is no table.
    public enum Fault: Error, Hashable, CustomStringConvertible {
        /// A quoted field that never ends.
        case openQuote(row: Int)
        /// Something between a closing quote and the next comma.
        case afterQuote(row: Int)
        /// More rows or fields than allowed.
        case tooLarge(row: Int)
        /// A row with another number of fields than the first.
        case ragged(row: Int, fields: Int, expected: Int)

        /// One line; rows count from 1.
        public var description: String {
            switch self {
            case .openQuote(let row): "row \(row): a quote is never closed; double a quote inside a field"
            case .afterQuote(let row): "row \(row): text after a closing quote; quote the whole field"
            case .tooLarge(let row): "row \(row): more rows or fields than are read"
            case .ragged(let row, let fields, let expected):
                "row \(row) has \(fields) fields, the first has \(expected)"
            }
        }
    }

    /// The rows of a text, all of one length; empty lines are passed over.
    public static func rows(of text: String, limits: Limits = Limits()) throws(Fault) -> [[String]] {
        var rows: [[String]] = [], row: [String] = [], field: [UInt8] = []
        var isQuoted = false, wasQuoted = false
        let bytes = Array(text.utf8)
        var at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        func number() -> Int { rows.count + 1 }
        func endField() throws(Fault) {
            guard row.count < limits.fields else { throw .tooLarge(row: number()) }
            row.append(String(decoding: field, as: UTF8.self))
            field = []
            wasQuoted = false
        }
        func endRow() throws(Fault) {
            if row.isEmpty, field.isEmpty, !wasQuoted { return }
            try endField()
            guard rows.count < limits.rows else { throw .tooLarge(row: number()) }
            if let first = rows.first, first.count != row.count {
                throw .ragged(row: number(), fields: row.count, expected: first.count)
            }
            rows.append(row)
            row = []
        }
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if isQuoted {
                if byte != 0x22 {
                    field.append(byte)
                } else if at < bytes.count, bytes[at] == 0x22 {
                    field.append(0x22)
                    at += 1
                } else {
                    isQuoted = false
                    wasQuoted = true
                }
            } else if byte == 0x2C {
                try endField()
            } else if byte == 0x0A || (byte == 0x0D && at < bytes.count && bytes[at] == 0x0A) {
                if byte == 0x0D { at += 1 }
                try endRow()
            } else if byte == 0x22, field.isEmpty, !wasQuoted {
                isQuoted = true
            } else if wasQuoted {
                throw .afterQuote(row: number())
            } else {
                field.append(byte)
            }
        }
        if isQuoted { throw .openQuote(row: number()) }
        try endRow()
        return rows
    }
}

/// A page about one run: a single HTML file with no script and nothing loaded from elsewhere.
package struct Report: Sendable {
    /// A figure at the top of the page.
    package struct Fact: Sendable {
        package var name: String
        package var value: String
        package var note: String

        /// `value` under `name`, with a small line below.
        package init(_ name: String, _ value: String, note: String = "") {
            (self.name, self.value, self.note) = (name, value, note)
        }
    }

    /// How a column is set.
    package enum Column: Sendable {
        /// Words.
        case text(String)
        /// Numbers, set to the right.
        case number(String)
        /// Text of a model, a task or a program, every space kept.
        case code(String)

        var name: String {
            switch self {
            case .text(let name), .number(let name), .code(let name): name
            }
        }

        var style: String {
            switch self {
            case .text: ""
            case .number: " class=\"number\""
            case .code: " class=\"code\""
            }
        }
    }

    /// Rows under named columns, such as samples of what the model wrote.
    package struct Table: Sendable {
        package var title: String
        package var caption: String
        package var columns: [Column]
        package var rows: [[String]]

        /// A table; each row has one cell a column.
        package init(title: String, caption: String = "", columns: [Column], rows: [[String]]) {
            (self.title, self.caption) = (title, caption)
            (self.columns, self.rows) = (columns, rows)
        }
    }

    /// A command that makes the run, or a part of it, again.
    package struct Command: Sendable {
        package var note: String
        package var line: String

        /// `line` does what `note` says.
        package init(_ line: String, note: String = "") { (self.line, self.note) = (line, note) }
    }

    package var title: String
    package var lead: String
    package var facts: [Fact] = []
    package var charts: [LineChart] = []
    package var tables: [Table] = []
    /// The configuration as a file would hold it.
    package var configuration = ""
    package var commands: [Command] = []
    package var footer = ""

    /// A cell shows at most this many characters, a table at most `rowsMax` rows.
    package static let cellCharactersMax = 1500
    /// See `cellCharactersMax`.
    package static let rowsMax = 500

    /// A page under `title`; `lead` says in a sentence or two what was done and what came out.
    package init(title: String, lead: String) { (self.title, self.lead) = (title, lead) }
}

extension Report {
    /// The whole page.
    package func html() -> String {
        let parts = [
            "<h1>\(e(title))</h1>", lead.isEmpty ? "" : "<p class=\"lead\">\(e(lead))</p>",
            factList(), charts.map { "<figure>\n\($0.svg())\n</figure>" }.joined(separator: "\n"),
            tables.map(section).joined(separator: "\n"), configurationSection(), commandSection(),
            footer.isEmpty ? "" : "<footer>\(e(footer))</footer>",
        ]
        // The policy forbids scripts and loading even if an escape were ever forgotten.
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" \
            content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(e(title))</title>
            <style>
            \(Style.colours)
            \(Style.chart)
            \(Style.page)
            </style>
            </head>
            <body>
            <main>
            \(parts.filter { !$0.isEmpty }.joined(separator: "\n"))
            </main>
            </body>
            </html>

            """
    }

    private func factList() -> String {
        guard !facts.isEmpty else { return "" }
        let entries = facts.map { fact in
            let note = fact.note.isEmpty ? "" : "<small>\(e(fact.note))</small>"
            return "<div><dt>\(e(fact.name))</dt><dd>\(e(fact.value))\(note)</dd></div>"
        }
        return "<dl class=\"facts\">\n\(entries.joined(separator: "\n"))\n</dl>"
    }

    private func section(_ table: Table) -> String {
        let shown = table.rows.prefix(Report.rowsMax)
        let left = table.rows.count - shown.count
        let caption = [table.caption, left > 0 ? "\(left) more rows are not shown." : ""]
            .filter { !$0.isEmpty }.joined(separator: " ")
        let head = table.columns.map { column in
            if case .number = column { return "<th class=\"number\">\(e(column.name))</th>" }
            return "<th>\(e(column.name))</th>"
        }.joined()
        let body = shown.map { row in
            let cells = zip(table.columns, row).map { column, text in
                "<td\(column.style)>"
                    + e(Escaping.shortened(text, countMax: Report.cellCharactersMax)) + "</td>"
            }
            return "<tr>\(cells.joined())</tr>"
        }.joined(separator: "\n")
        return """
            <h2>\(e(table.title))</h2>
            <div class="scroll"><table>\(caption.isEmpty ? "" : "<caption>\(e(caption))</caption>")
            <thead><tr>\(head)</tr></thead>
            <tbody>
            \(body)
            </tbody></table></div>
            """
    }

    private func configurationSection() -> String {
        guard !configuration.isEmpty else { return "" }
        return "<h2>Configuration</h2>\n<pre>\(e(configuration))</pre>"
    }

    private func commandSection() -> String {
        guard !commands.isEmpty else { return "" }
        let lines = commands.map { command in
            let note =
                command.note.isEmpty ? "" : "<span class=\"note\"># \(e(command.note))</span>\n"
            return note + e(command.line)
        }
        return "<h2>Make it again</h2>\n<pre>\(lines.joined(separator: "\n"))</pre>"
    }

    private func e(_ text: String) -> String { Escaping.markup(text) }
}

extension PythonText {
    /// `text.rstrip()`.
    static func stripEnd(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        while let last = scalars.last, isSpace(last) { scalars.removeLast() }
        return String(String.UnicodeScalarView(scalars))
    }

    /// `text.replace(old, new)`.
    static func replacing(_ text: String, _ old: String, with new: String) -> String {
        split(text, by: old).joined(separator: new)
    }
}

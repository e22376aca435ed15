extension Graph {
    /// Extends the graph by the gradient of a scalar with respect to some values.
    ///
    /// Reverse accumulation: nodes are visited last to first, and contributions to one value are added
    /// in that order, so the result is one fixed program.
    ///
    /// - Parameters:
    ///   - loss: a value of one element.
    ///   - values: the values to differentiate by.
    /// - Returns: for each of `values` its gradient, of the same shape; zeros where the loss does not
    ///   depend on it.
    public mutating func gradients(of loss: Value, by values: [Value]) -> [Value] {
        precondition(shape(loss).count == 1, "a loss has one element, not \(shape(loss))")
        let active = valuesDepending(on: values)
        var gradient: [Value: Value] = [loss: fill(shape(loss), 1)]
        for node in nodes.reversed() where node.outputs.contains(where: active.contains) {
            let given = node.outputs.map { gradient[$0] }
            guard given.contains(where: { $0 != nil }) else { continue }
            let results = node.operation.gradients(in: &self, of: node, given: given)
            precondition(results.count == node.inputs.count, "\(node.operation) has a gradient per input")
            for (input, result) in zip(node.inputs, results) {
                guard let result, active.contains(input) else { continue }
                precondition(shape(result) == shape(input), "the gradient has its value's shape")
                gradient[input] = gradient[input].map { add($0, result) } ?? result
            }
        }
        return values.map { gradient[$0] ?? fill(shape($0), 0) }
    }

    /// Every value that one of `values` flows into, and those themselves.
    private func valuesDepending(on values: [Value]) -> Set<Value> {
        var active = Set(values)
        for node in nodes where node.inputs.contains(where: active.contains) {
            for output in node.outputs where type(output).element != .int32 { active.insert(output) }
        }
        return active
    }
}

import CKernels
import Foundation

// Two independent attentions: the textbook in double precision, and the written definition of attention.c and
// attention_backward.c element by element, without tiles of queries, packing or threads.

extension AttentionProblem {
    /// Softmax attention in double precision, laid out like `q`.
    func textbook(q: [Double], k: [Double], v: [Double]) -> [Double] {
        var o = [Double](repeating: 0, count: q.count)
        for b in 0..<batch {
            for head in 0..<heads {
                for i in 0..<time {
                    let at = queryIndex(b, i, head)
                    let scores = (0...i).map { j in
                        let key = keyIndex(b, j, head)
                        return (0..<dim).reduce(0.0) { $0 + q[at + $1] * k[key + $1] }
                            * Double(scale)
                    }
                    let largest = scores.max() ?? 0
                    let weights = scores.map { exp($0 - largest) }
                    let sum = weights.reduce(0, +)
                    for (j, weight) in weights.enumerated() {
                        let key = keyIndex(b, j, head)
                        for d in 0..<dim { o[at + d] += weight / sum * v[key + d] }
                    }
                }
            }
        }
        return o
    }

    private func exponential(_ x: Float) -> Float { x.isNaN ? x : ck_exp(x) }

    private func lanes(_ values: [Float], from start: Float, _ join: (Float, Float) -> Float)
        -> Float
    {
        var lane = [Float](repeating: start, count: 16)
        for (j, x) in values.enumerated() { lane[j % 16] = join(lane[j % 16], x) }
        for half in [8, 4, 2, 1] { for l in 0..<half { lane[l] = join(lane[l], lane[l + half]) } }
        return lane[0]
    }

    /// A chain of fused multiply-adds over `indices`, restarted at every multiple of 256.
    func chain(_ indices: Range<Int>, _ a: (Int) -> Float, _ b: (Int) -> Float) -> Float {
        var total: Float?, from = indices.lowerBound
        while from < indices.upperBound {
            let end = min(indices.upperBound, (from / 256 + 1) * 256)
            var p: Float = 0
            for i in from..<end { p = p.addingProduct(a(i), b(i)) }
            total = total.map { $0 + p } ?? p
            from = end
        }
        return total ?? 0
    }

    func score(_ b: Int, _ head: Int, _ i: Int, _ j: Int) -> Float {
        let at = queryIndex(b, i, head), key = keyIndex(b, j, head)
        return chain(0..<dim, { q[at + $0] }, { k[key + $0] }) * scale
    }

    private struct Softmax { var m: Float = 0, l: Float = 0, o: [Float] }

    private func segment(_ b: Int, _ head: Int, _ i: Int, keys: Range<Int>) -> Softmax {
        var s = Softmax(o: Array(repeating: 0, count: dim))
        for from in stride(from: keys.lowerBound, to: keys.upperBound, by: 64) {
            let tile = from..<min(keys.upperBound, from + 64)
            let scores = tile.map { score(b, head, i, $0) }
            let largest = lanes(scores, from: -.infinity) { $1 > $0 ? $1 : $0 }
            let m = from == keys.lowerBound || largest > s.m ? largest : s.m
            let p = scores.map { exponential($0 - m) }
            if from == keys.lowerBound {
                s.l = lanes(p, from: 0, +)
            } else {
                let a = exponential(s.m - m)
                s.l = lanes(p, from: 0, +).addingProduct(s.l, a)
                s.o = s.o.map { $0 * a }
            }
            s.m = m
            for (p, j) in zip(p, tile) {
                let key = keyIndex(b, j, head)
                for d in 0..<dim { s.o[d].addProduct(p, v[key + d]) }
            }
        }
        return s
    }

    /// The forward definition.
    func written() -> Forward {
        var result = Forward(
            o: Array(repeating: .nan, count: q.count),
            stats: Array(repeating: .nan, count: batch * heads * time * 2))
        for b in 0..<batch {
            for head in 0..<heads {
                for i in 0..<time {
                    var sum = segment(b, head, i, keys: 0..<min(i + 1, 1024))
                    for from in stride(from: 1024, through: i, by: 1024) {
                        let part = segment(b, head, i, keys: from..<min(i + 1, from + 1024))
                        let m = part.m > sum.m ? part.m : sum.m
                        let a = exponential(sum.m - m), c = exponential(part.m - m)
                        sum.m = m
                        sum.l = (sum.l * a).addingProduct(part.l, c)
                        for d in 0..<dim { sum.o[d] = (sum.o[d] * a).addingProduct(part.o[d], c) }
                    }
                    let inverse = 1 / sum.l, at = queryIndex(b, i, head)
                    for d in 0..<dim { result.o[at + d] = sum.o[d] * inverse }
                    let stats = ((b * heads + head) * time + i) * 2
                    (result.stats[stats], result.stats[stats + 1]) = (sum.m, sum.l)
                }
            }
        }
        return result
    }

    /// The backward definition.
    func writtenGradients(of forward: Forward) -> Gradients {
        var result = Gradients(
            q: Array(repeating: .nan, count: q.count), k: Array(repeating: .nan, count: k.count),
            v: Array(repeating: .nan, count: v.count))
        for b in 0..<batch {
            for head in 0..<heads {
                let (p, ds) = pairs(b, head, forward)
                for i in 0..<time {
                    for d in 0..<dim {
                        let sum = chain(0..<i + 1, { ds[i][$0] }, { k[keyIndex(b, $0, head) + d] })
                        result.q[queryIndex(b, i, head) + d] = sum * scale
                    }
                }
                let first = head % (heads / keyHeads) == 0,
                    last = (head + 1) % (heads / keyHeads) == 0
                for j in 0..<time {
                    for d in 0..<dim {
                        let at = keyIndex(b, j, head) + d
                        // Blocks are added one by one, so that the sum goes on over heads.
                        for block in j / 256...(time - 1) / 256 {
                            let queries = max(j, block * 256)..<min(time, block * 256 + 256)
                            let dv = chain(
                                queries, { p[$0][j] },
                                { outputGradient[queryIndex(b, $0, head) + d] })
                            let dk = chain(
                                queries, { ds[$0][j] }, { q[queryIndex(b, $0, head) + d] })
                            let starts = first && block == j / 256
                            result.v[at] = starts ? dv : result.v[at] + dv
                            result.k[at] = starts ? dk : result.k[at] + dk
                        }
                        if last { result.k[at] *= scale }
                    }
                }
            }
        }
        return result
    }

    private func pairs(_ b: Int, _ head: Int, _ forward: Forward) -> (p: [[Float]], ds: [[Float]]) {
        var p: [[Float]] = [], ds: [[Float]] = []
        for i in 0..<time {
            let at = queryIndex(b, i, head), stats = ((b * heads + head) * time + i) * 2
            let inverse = 1 / forward.stats[stats + 1]
            var lane = [Float](repeating: 0, count: 16)
            for d in 0..<dim { lane[d % 16].addProduct(outputGradient[at + d], forward.o[at + d]) }
            for half in [8, 4, 2, 1] { for l in 0..<half { lane[l] += lane[l + half] } }
            p.append(
                (0...i).map { exponential(score(b, head, i, $0) - forward.stats[stats]) * inverse })
            ds.append(
                (0...i).map { j in
                    let key = keyIndex(b, j, head)
                    return p[i][j]
                        * (chain(0..<dim, { outputGradient[at + $0] }, { v[key + $0] }) - lane[0])
                })
        }
        return (p, ds)
    }
}

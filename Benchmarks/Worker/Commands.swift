import Tensor

/// What the driver asks.
enum Command: Decodable {
    case hello
    case prepare(Benchmark)
    case measure(variant: String, seconds: Double)
    case release

    private enum Key: String, CodingKey {
        case verb = "do"
        case benchmark = "case"
        case variant, seconds
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        switch try values.decode(String.self, forKey: .verb) {
        case "hello": self = .hello
        case "prepare": self = .prepare(try values.decode(Benchmark.self, forKey: .benchmark))
        case "measure":
            self = .measure(
                variant: try values.decode(String.self, forKey: .variant),
                seconds: try values.decode(Double.self, forKey: .seconds))
        case "release": self = .release
        case let other: throw WorkerError(reason: "unknown command \(other)")
        }
    }
}

/// A case of `Benchmarks/cases.py`; a field that its operator does not need is absent.
struct Benchmark: Decodable {
    let op: String
    let dtype: String
    var m: Int?
    var k: Int?
    var n: Int?
    var rows: Int?
    var bytes: Int?
    var fmas: Int?
    var model: String?
    var shape: ModelShape?
    var batch: Int?
    var time: Int?
    var context: Int?
    var steps: Int?

    /// The element type of products.
    func element() throws -> ElementType {
        switch dtype {
        case "fp32": .float32
        case "bf16": .bfloat16
        default: throw Unsupported(reason: "no products in \(dtype)")
        }
    }

    /// The sizes at `fields`, each positive and below 2^32.
    func sizes(_ fields: KeyPath<Benchmark, Int?>...) throws -> [Int] {
        try fields.map { field in
            guard let size = self[keyPath: field], size > 0, size < 1 << 32 else {
                throw WorkerError(reason: "\(op) needs its sizes, each positive and below 2^32")
            }
            return size
        }
    }
}

/// The dimensions of a transformer with tied embeddings.
struct ModelShape: Decodable {
    let family: String
    let hidden: Int
    let ff: Int
    let layers: Int
    let heads: Int
    let kv: Int
    let dim: Int
    let vocab: Int
}

/// What the worker answers; only the fields that are set are sent.
struct Answer: Encodable {
    var name: String?
    var settings: [String: String]?
    var variants: [String]?
    var unsupported: String?
    var seconds: Double?
    var calls: Int?
    var error: String?
}

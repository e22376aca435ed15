import Bytes

/// The message that holds a key, public or private: `{1 type, 2 data}`.
struct KeyMessage {
    let type: KeyType
    let data: [UInt8]

    init(type: KeyType, data: [UInt8]) {
        self.type = type
        self.data = data
    }

    /// - Parameter limit: bytes of the key, without its message.
    init(_ bytes: ArraySlice<UInt8>, limit: Int) throws(KeyError) {
        var data: ArraySlice<UInt8>?
        var number: UInt64?
        do throws(ProtobufError) {
            var reader = ProtobufReader(bytes)
            while let field = try reader.next() {
                switch field.number {
                case 1:
                    guard number == nil else { throw .tooMany(field: 1, limit: 1) }
                    number = try field.integer()
                case 2:
                    guard data == nil else { throw .tooMany(field: 2, limit: 1) }
                    data = try field.data(limit: limit)
                default: break
                }
            }
        } catch { throw .badMessage(error) }
        guard let number else { throw .badMessage(.missing(field: 1)) }
        guard let type = UInt8(exactly: number).flatMap(KeyType.init) else { throw .unknownType(number) }
        guard let data else { throw .badMessage(.missing(field: 2)) }
        self.init(type: type, data: Array(data))
    }

    /// Both fields, in order, the type also where it is 0: the form that names a key.
    var bytes: [UInt8] {
        ProtobufWriter.message { writer in
            writer.varint(1, UInt64(type.rawValue))
            writer.data(2, data)
        }
    }
}

import Crypto
import Foundation
public struct Digest: Hashable, Sendable {
    public let bytes: [UInt8]
    public init(of bytes: [UInt8]) { self.bytes = Array(SHA256.hash(data: bytes)) }
    public init(of bytes: UnsafeRawBufferPointer) { self.bytes = Array(SHA256.hash(data: Data(bytes))) }
}

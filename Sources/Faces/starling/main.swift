import Crypto
import TOMLKit
import ArgumentParser
print("hi")

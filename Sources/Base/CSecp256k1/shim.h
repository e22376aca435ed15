// The system's libsecp256k1 (github.com/bitcoin-core/secp256k1, 0.2.0 or later): ECDSA on the curve of
// Bitcoin, Ethereum and libp2p. Recovery is here for chains; nothing uses it yet.
#ifndef STARLING_SECP256K1_SHIM_H
#define STARLING_SECP256K1_SHIM_H

#include <secp256k1.h>
#include <secp256k1_recovery.h>

// Swift does not import macros made of other macros.
static const unsigned int STARLING_SECP256K1_CONTEXT_NONE = SECP256K1_CONTEXT_NONE;
static const unsigned int STARLING_SECP256K1_COMPRESSED = SECP256K1_EC_COMPRESSED;

#endif

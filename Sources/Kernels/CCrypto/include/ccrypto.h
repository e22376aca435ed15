// ChaCha20-Poly1305 (RFC 8439) of the system's libcrypto, without an allocation for each message.
//
// A context holds one key. It is used by one thread at a time; nothing of a message stays in it. Functions
// return 1 for success and 0 for failure.
#ifndef CCRYPTO_H
#define CCRYPTO_H

#include <stddef.h>
#include <stdint.h>

enum { cc_key_bytes = 32, cc_tag_bytes = 16 };

typedef struct cc_aead cc_aead;

// A context for the 32 bytes of key; NULL without memory or without the cipher.
cc_aead *cc_aead_new(const uint8_t *key);

// Wipes the key. NULL is fine.
void cc_aead_free(cc_aead *aead);

// Encrypts `count` bytes from `in` to `out` and writes the tag of 16 bytes after them. The nonce is four
// zero bytes and the counter, little-endian, as Noise has it. `out` may be `in`, but not overlap otherwise.
int cc_aead_seal(cc_aead *aead, uint64_t counter, const uint8_t *associated, size_t associated_count,
                 const uint8_t *in, size_t count, uint8_t *out);

// Decrypts `count` bytes from `in`, where the tag follows them, to `out`; 0, and zeros in `out`, if the tag
// is not theirs. `out` may be `in`, but not overlap otherwise.
int cc_aead_open(cc_aead *aead, uint64_t counter, const uint8_t *associated, size_t associated_count,
                 const uint8_t *in, size_t count, uint8_t *out);

#endif

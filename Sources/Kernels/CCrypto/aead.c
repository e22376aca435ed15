#include "ccrypto.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct cc_aead {
    EVP_CIPHER_CTX *seal;
    EVP_CIPHER_CTX *open;
};

cc_aead *cc_aead_new(const uint8_t *key) {
    cc_aead *aead = calloc(1, sizeof *aead);
    if (!aead) return NULL;
    aead->seal = EVP_CIPHER_CTX_new();
    aead->open = EVP_CIPHER_CTX_new();
    const EVP_CIPHER *cipher = EVP_chacha20_poly1305();
    // The key schedule is done once; each message only sets its nonce.
    if (!aead->seal || !aead->open || EVP_EncryptInit_ex(aead->seal, cipher, NULL, key, NULL) != 1 ||
        EVP_DecryptInit_ex(aead->open, cipher, NULL, key, NULL) != 1) {
        cc_aead_free(aead);
        return NULL;
    }
    return aead;
}

void cc_aead_free(cc_aead *aead) {
    if (!aead) return;
    EVP_CIPHER_CTX_free(aead->seal);
    EVP_CIPHER_CTX_free(aead->open);
    free(aead);
}

static void make_nonce(uint8_t nonce[12], uint64_t counter) {
    memset(nonce, 0, 4);
    for (int i = 0; i < 8; i++) nonce[4 + i] = (uint8_t)(counter >> (8 * i));
}

int cc_aead_seal(cc_aead *aead, uint64_t counter, const uint8_t *associated, size_t associated_count,
                 const uint8_t *in, size_t count, uint8_t *out) {
    uint8_t nonce[12];
    int written = 0;
    if (count > INT_MAX || associated_count > INT_MAX) return 0;
    make_nonce(nonce, counter);
    EVP_CIPHER_CTX *context = aead->seal;
    if (EVP_EncryptInit_ex(context, NULL, NULL, NULL, nonce) != 1) return 0;
    if (associated_count &&
        EVP_EncryptUpdate(context, NULL, &written, associated, (int)associated_count) != 1) {
        return 0;
    }
    if (count && EVP_EncryptUpdate(context, out, &written, in, (int)count) != 1) return 0;
    if (EVP_EncryptFinal_ex(context, out + count, &written) != 1) return 0;
    return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, cc_tag_bytes, out + count) == 1;
}

static int opened(EVP_CIPHER_CTX *context, uint64_t counter, const uint8_t *associated,
                  size_t associated_count, const uint8_t *in, size_t count, uint8_t *out) {
    uint8_t nonce[12], tag[cc_tag_bytes], none[1];
    int written = 0;
    make_nonce(nonce, counter);
    memcpy(tag, in + count, cc_tag_bytes);
    if (EVP_DecryptInit_ex(context, NULL, NULL, NULL, nonce) != 1) return 0;
    if (EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, cc_tag_bytes, tag) != 1) return 0;
    if (associated_count &&
        EVP_DecryptUpdate(context, NULL, &written, associated, (int)associated_count) != 1) {
        return 0;
    }
    if (count && EVP_DecryptUpdate(context, out, &written, in, (int)count) != 1) return 0;
    return EVP_DecryptFinal_ex(context, none, &written) == 1;
}

int cc_aead_open(cc_aead *aead, uint64_t counter, const uint8_t *associated, size_t associated_count,
                 const uint8_t *in, size_t count, uint8_t *out) {
    if (count > INT_MAX || associated_count > INT_MAX) return 0;
    if (opened(aead->open, counter, associated, associated_count, in, count, out)) return 1;
    // Nobody may see what was not authentic.
    if (count) OPENSSL_cleanse(out, count);
    return 0;
}

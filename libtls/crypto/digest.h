/*
 * Hash functions, as rows of a table over libcrypto's EVP_MD, and HMAC.
 */
#ifndef LIBTLS_CRYPTO_DIGEST_H
#define LIBTLS_CRYPTO_DIGEST_H

#include <openssl/evp.h>

#include "libtls/core/errors.h"

#define DIGEST_MAX 64 /* SHA-512 */

enum digest_id {
	DIGEST_MD5,
	DIGEST_MD5_SHA1,
	DIGEST_SHA1,
	DIGEST_SHA224,
	DIGEST_SHA256,
	DIGEST_SHA384,
	DIGEST_SHA512,
	DIGEST_COUNT
};

struct digest {
	enum digest_id id;
	const char *name; /* libcrypto's, for fetching */
	uint8_t size;
	uint8_t block;
};

/* MD5 and SHA-1 one after the other: TLS 1.1 and older (RFC 4346 4.7). */
extern const struct digest digest_md5, digest_md5_sha1, digest_sha1,
    digest_sha224, digest_sha256, digest_sha384, digest_sha512;

/* Whether this libcrypto has it: one in FIPS mode has no MD5. */
bool digest_available(const struct digest *);
/* The fetched EVP_MD, for functions that want one. */
const EVP_MD *digest_md(const struct digest *);

/* Hash of in; out has digest->size bytes. */
must_check int digest_once(
    const struct digest *, struct slice in, uint8_t *out);
/* Of count slices, one after the other. */
must_check int digest_slices(
    const struct digest *, const struct slice *in, size_t count, uint8_t *out);
/* HMAC (RFC 2104) of in; out has digest->size bytes. */
must_check int hmac_once(
    const struct digest *, struct slice key, struct slice in, uint8_t *out);

/* HMAC of many inputs with one key: this thread's context of the digest, which
 * nothing else may use before the last of them. */
struct hmac_key {
	const struct digest *digest;
	EVP_MAC_CTX *ctx;
};
must_check int hmac_key_set(
    struct hmac_key *, const struct digest *, struct slice key);
must_check int hmac_slices(const struct hmac_key *, const struct slice *in,
    size_t count, uint8_t *out);
must_check int hmac_with(
    const struct hmac_key *, struct slice in, uint8_t *out);
/*
 * HMAC of header and the first len bytes of data, in a time that depends on
 * room only, the public bound of len: 13 bytes of header, and at most 256 bytes
 * and a MAC of data are behind len (RFC 5246 6.2.3.2).
 */
must_check int hmac_secret_length(const struct digest *, struct slice key,
    struct slice header, const uint8_t *data, size_t len, size_t room,
    uint8_t *out);

/* A running hash whose value can be looked at in between. */
struct hasher {
	const struct digest *digest;
	EVP_MD_CTX *ctx;
};
/* Works on a zeroed or a used hasher: the context is reused. */
must_check int hasher_start(struct hasher *, const struct digest *);
must_check int hasher_add(struct hasher *, struct slice);
/* The hash so far; adding may go on. out has digest->size bytes. */
must_check int hasher_peek(const struct hasher *, uint8_t *out);
/* As if count slices had been added. */
must_check int hasher_peek_with(
    const struct hasher *, const struct slice *in, size_t count, uint8_t *out);
/*
 * The same with what SSLv3 wraps it in: hash(secret + pad2 + hash(messages +
 * tail + secret + pad1)) (RFC 6101 5.6.8, 5.6.9); secret has 48 bytes, the
 * digest is SHA-1, or MD5 and SHA-1: libcrypto has it for no other.
 */
must_check int hasher_peek_sslv3(const struct hasher *, struct slice tail,
    const uint8_t *secret, uint8_t *out);
void hasher_wipe(struct hasher *);

#endif

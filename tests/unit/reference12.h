/*
 * A model of record protection of TLS 1.2 and older, to compare libtls with:
 * straight from RFC 5246 6.2.3, RFC 5288, RFC 7905 and RFC 6101 5.2.3, and
 * nothing of libtls in it. HMAC, CBC and RC4 are done by hand over libcrypto's
 * hash functions and single blocks. Neither fast nor constant in time.
 */
#ifndef TESTS_REFERENCE12_H
#define TESTS_REFERENCE12_H

#include "base/slice.h"

/* A hash function, for MACs; size 0: an AEAD has none. */
struct recipe_mac {
	const char *name; /* libcrypto's */
	size_t size, block;
};

enum recipe_kind { RECIPE_GCM, RECIPE_CHACHA, RECIPE_CBC, RECIPE_RC4 };

struct recipe_cipher {
	enum recipe_kind kind;
	const char *name; /* libcrypto's: an AEAD, or single blocks */
	size_t key, block;
};

/* What protects the records of a suite in a version (S2N_TLS12 ...). */
struct recipe {
	uint16_t suite;
	uint8_t version;
	const struct recipe_cipher *cipher;
	const struct recipe_mac *mac;
	/*
	 * Hex of two records of the client's, with the key block 00 01 02 ...,
	 * explicit IVs of a0 a1 a2 ... and the sequence number as a GCM nonce:
	 * application data RECIPE_FIRST, and an alert of close_notify. Made
	 * with Python's hmac and cryptography modules.
	 */
	const char *known;
};

#define RECIPE_FIRST "The first record."

extern const struct recipe_mac recipe_md5, recipe_sha1, recipe_sha256,
    recipe_sha384;
/* The AEADs, the CBC modes and RC4, each with SSLv3's last. */
#define RECIPES12 26
#define RECIPES12_CBC 3
#define RECIPES12_CBC_SSLV3 15
#define RECIPES12_RC4 18
#define RECIPES12_RC4_SSLV3 24
extern const struct recipe recipes12[];

#define REFERENCE_BLOCK_MAX 16
#define REFERENCE_RECORD_MAX (5 + 16384 + 2048 + 64)

/* One direction's keys and state. */
struct reference12 {
	const struct recipe *recipe;
	unsigned version; /* on the wire; a test may change it */
	uint64_t sequence;
	uint8_t mac_key[48], key[32];
	uint8_t iv[REFERENCE_BLOCK_MAX]; /* the salt, or the chain's */
	uint8_t rc4[256], rc4_i, rc4_j;
};

/* Takes the client's or the server's part of a key block (RFC 5246 6.3). */
void reference12_client(
    struct reference12 *, const struct recipe *, const uint8_t *key_block);
void reference12_server(
    struct reference12 *, const struct recipe *, const uint8_t *key_block);
/* Bytes of the key block, for both. */
size_t reference12_block_size(const struct recipe *);

/* The MAC of a record, for a version on the wire. */
void reference12_mac(const struct recipe_mac *, unsigned version,
    const uint8_t *key, uint64_t sequence, uint8_t type, struct slice plain,
    uint8_t *mac);
/*
 * What is encrypted: the plaintext and, unless an AEAD does that, its MAC and,
 * in CBC mode, padding bytes of padding with the length byte; 0: as few as can
 * be. Gives its length.
 */
size_t reference12_text(const struct reference12 *, uint8_t type,
    struct slice plain, size_t padding, uint8_t *text);
/*
 * The next record, of a text that a test may have changed. explicit has 8 bytes
 * (GCM) or a block (CBC since TLS 1.1), and is not looked at elsewhere. Gives
 * the record's length.
 */
size_t reference12_encrypt(struct reference12 *, uint8_t type,
    struct slice text, const uint8_t *explicit, uint8_t *record);
/* Both of these, with the least padding. */
size_t reference12_seal(struct reference12 *, uint8_t type, struct slice plain,
    const uint8_t *explicit, uint8_t *record);
/* Bytes in front of what is encrypted, behind the header. */
size_t reference12_explicit(const struct reference12 *);

#endif

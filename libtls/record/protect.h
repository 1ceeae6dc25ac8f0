/*
 * Record protection of one direction (RFC 8446 5.2, 5.3): keys, sequence
 * number, and how a record is sealed and opened, as a row of functions that
 * each protocol version brings its own of.
 */
#ifndef LIBTLS_RECORD_PROTECT_H
#define LIBTLS_RECORD_PROTECT_H

#include "libtls/crypto/aead.h"
#include "libtls/crypto/cipher.h"
#include "libtls/crypto/digest.h"

enum content_type {
	CONTENT_CHANGE_CIPHER_SPEC = 20,
	CONTENT_ALERT = 21,
	CONTENT_HANDSHAKE = 22,
	CONTENT_APPLICATION_DATA = 23
};

#define RECORD_HEADER 5
#define RECORD_PLAINTEXT_MAX 16384 /* 2^14 */
/* Slices that one record's plaintext may be made of. */
#define RECORD_SLICES_MAX 16

struct protection;

struct protection_kind {
	/* Bytes that sealing adds at most, header left out. */
	size_t expansion;
	/* Most bytes that a received record's length field may tell. */
	size_t length_max;
	/* Writes header and fragment; count slices make the plaintext. */
	int (*seal)(struct protection *, enum content_type,
	    const struct slice *plain, size_t count, uint8_t *record);
	/* header: 5 bytes; opens the fragment in place. */
	int (*open)(struct protection *, const uint8_t *header,
	    uint8_t *fragment, size_t len, enum content_type *,
	    struct slice *plain);
	/* See protection_room; NULL: all but the expansion. */
	size_t (*room)(const struct protection *, size_t len);
};

/* No protection yet, and that of TLS 1.3. */
extern const struct protection_kind protection_none, protection_tls13;

struct protection {
	const struct protection_kind *kind;
	struct aead_key key;
	struct cipher_key cipher; /* or this, with a MAC */
	uint8_t iv[AEAD_NONCE];
	uint64_t sequence;
	uint16_t version; /* for the header; below TLS 1.3 */
	/* CBC before TLS 1.1: data is sent as its first byte and the rest. */
	bool splits;
	/* TLS 1.3: what the next keys come from; below: the MAC's key. */
	uint8_t secret[DIGEST_MAX];
	const struct digest *digest;
};

/* ---- for the files that have a kind ---- */

void protection_put_header(
    uint8_t *record, enum content_type, uint16_t version, size_t len);
size_t protection_total(const struct slice *, size_t count);
/* The iv, with the sequence number laid over its end (RFC 8446 5.3). */
void protection_nonce(const struct protection *, uint8_t nonce[AEAD_NONCE]);
/* One record is done: ERR_RECORD_LIMIT when no other may follow. */
must_check int protection_next(struct protection *);

/* ---- for their users ---- */

void protection_init(struct protection *);
void protection_wipe(struct protection *);
/* Most bytes of plaintext whose record has a fragment of at most len bytes. */
size_t protection_room(const struct protection *, size_t len);
/* RFC 8446 7.3: key and iv from a traffic secret of digest->size bytes. */
must_check int protection_set13(struct protection *, const struct aead *,
    const struct digest *, enum aead_use, const uint8_t *secret);
/* RFC 8446 7.2: the next generation of keys. */
must_check int protection_update13(struct protection *);
/* Whether the key is so worn that it should be updated (RFC 8446 5.5). */
bool protection_worn(const struct protection *);

#endif

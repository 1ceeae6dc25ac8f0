/*
 * Record protection; the contract is in protect.h.
 */
#include "libtls/record/protect.h"

#include <openssl/crypto.h>

#include "base/slice.h"
#include "libtls/crypto/hkdf.h"

/* RFC 8446 5.2: what TLS 1.3 writes in the header, whatever is inside. */
#define LEGACY_VERSION 0x0303
#define TLS13_INNER_TYPE 1
/* RFC 8446 5.2: "The length MUST NOT exceed 2^14 + 256 bytes." */
#define TLS13_LENGTH_MAX (RECORD_PLAINTEXT_MAX + 256)

void
protection_put_header(
    uint8_t *record, enum content_type type, uint16_t version, size_t len)
{
	record[0] = (uint8_t)type;
	record[1] = (uint8_t)(version >> 8);
	record[2] = (uint8_t)version;
	record[3] = (uint8_t)(len >> 8);
	record[4] = (uint8_t)len;
}

size_t
protection_total(const struct slice *slices, size_t count)
{
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		len += slices[i].len;
	return len;
}

static int
seal_none(struct protection *p, enum content_type type,
    const struct slice *plain, size_t count, uint8_t *record)
{
	protection_put_header(
	    record, type, p->version, protection_total(plain, count));
	record += RECORD_HEADER;
	for (size_t i = 0; i < count; i++) {
		if (plain[i].len > 0)
			memcpy(record, plain[i].data, plain[i].len);
		record += plain[i].len;
	}
	return 0;
}

static int
open_none(struct protection *p, const uint8_t *header, uint8_t *fragment,
    size_t len, enum content_type *type, struct slice *plain)
{
	(void)p;
	*type = header[0];
	*plain = slice_of(fragment, len);
	return 0;
}

const struct protection_kind protection_none = {
	.expansion = 0,
	/* A TLS 1.3 record may come where none was expected: let it be read. */
	.length_max = RECORD_PLAINTEXT_MAX,
	.seal = seal_none,
	.open = open_none,
};

void
protection_nonce(const struct protection *p, uint8_t nonce[AEAD_NONCE])
{
	memcpy(nonce, p->iv, AEAD_NONCE);
	for (unsigned i = 0; i < 8; i++)
		nonce[AEAD_NONCE - 1 - i] ^= (uint8_t)(p->sequence >> (8 * i));
}

int
protection_next(struct protection *p)
{
	/* RFC 8446 5.3: "Sequence numbers ... MUST NOT wrap." */
	if (p->sequence == UINT64_MAX)
		return fail(ERR_RECORD_LIMIT);
	p->sequence++;
	return 0;
}

static int
seal13(struct protection *p, enum content_type type, const struct slice *plain,
    size_t count, uint8_t *record)
{
	struct slice inner[RECORD_SLICES_MAX + 1];
	uint8_t inner_type = (uint8_t)type;
	uint8_t nonce[AEAD_NONCE];
	size_t len =
	    protection_total(plain, count) + TLS13_INNER_TYPE + AEAD_TAG;
	int r;

	if (count > RECORD_SLICES_MAX)
		return fail(ERR_SAFETY);
	memcpy(inner, plain, count * sizeof *inner);
	inner[count] = slice_of(&inner_type, 1);
	protection_put_header(
	    record, CONTENT_APPLICATION_DATA, LEGACY_VERSION, len);
	protection_nonce(p, nonce);
	r = aead_seal(&p->key, nonce, slice_of(record, RECORD_HEADER), inner,
	    count + 1, record + RECORD_HEADER);
	return r != 0 ? r : protection_next(p);
}

static int
open13(struct protection *p, const uint8_t *header, uint8_t *fragment,
    size_t len, enum content_type *type, struct slice *plain)
{
	uint8_t nonce[AEAD_NONCE];
	size_t inner;
	int r;

	if (header[0] != CONTENT_APPLICATION_DATA)
		return fail(ERR_BAD_MESSAGE);
	protection_nonce(p, nonce);
	r = aead_open(
	    &p->key, nonce, slice_of(header, RECORD_HEADER), fragment, len);
	if (r != 0)
		return r;
	inner = len - AEAD_TAG;
	/* RFC 8446 5.4: 2^14 bytes and the type, padding counted in. */
	if (inner > RECORD_PLAINTEXT_MAX + TLS13_INNER_TYPE)
		return fail(ERR_INNER_TOO_LONG);
	while (inner > 0 && fragment[inner - 1] == 0)
		inner--;
	/* RFC 8446 5.4: no non-zero octet: "unexpected_message" */
	if (inner == 0)
		return fail(ERR_BAD_MESSAGE);
	*type = fragment[inner - 1];
	*plain = slice_of(fragment, inner - 1);
	return protection_next(p);
}

const struct protection_kind protection_tls13 = {
	.expansion = TLS13_INNER_TYPE + AEAD_TAG,
	.length_max = TLS13_LENGTH_MAX,
	.seal = seal13,
	.open = open13,
};

void
protection_init(struct protection *p)
{
	*p = (struct protection){ .kind = &protection_none };
}

void
protection_wipe(struct protection *p)
{
	aead_key_wipe(&p->key);
	cipher_key_wipe(&p->cipher);
	OPENSSL_cleanse(p, sizeof *p);
	protection_init(p);
}

size_t
protection_room(const struct protection *p, size_t len)
{
	return p->kind->room != NULL ? p->kind->room(p, len)
				     : len - p->kind->expansion;
}

int
protection_set13(struct protection *p, const struct aead *aead,
    const struct digest *digest, enum aead_use use, const uint8_t *secret)
{
	uint8_t key[AEAD_KEY_MAX];
	const struct hkdf_label labels[] = {
		{ "key", NO_BYTES, key, aead->key_size },
		{ "iv", NO_BYTES, p->iv, AEAD_NONCE },
	};
	int r;

	memmove(p->secret, secret, digest->size);
	p->digest = digest;
	if ((r = hkdf_expand_labels(
		 digest, p->secret, labels, COUNT(labels))) != 0 ||
	    (r = aead_key_set(&p->key, aead, use, key)) != 0)
		goto out;
	p->sequence = 0;
	p->kind = &protection_tls13;
out:
	OPENSSL_cleanse(key, sizeof key);
	return r;
}

int
protection_update13(struct protection *p)
{
	uint8_t next[DIGEST_MAX];
	int r;

	r = hkdf_expand_label(p->digest, p->secret, "traffic upd", NO_BYTES,
	    next, p->digest->size);
	if (r == 0)
		r = protection_set13(
		    p, p->key.aead, p->digest, p->key.use, next);
	OPENSSL_cleanse(next, sizeof next);
	return r;
}

bool
protection_worn(const struct protection *p)
{
	return p->kind == &protection_tls13 &&
	       p->sequence >= p->key.aead->record_limit;
}

/*
 * Record protection of TLS 1.2 and older; the contract is in protect12.h.
 */
#include "libtls/record/protect12.h"

#include <openssl/crypto.h>

#include "libtls/crypto/library.h"
#include "libtls/record/cbc.h"
#include "libtls/registry/version.h"

#define GCM_SALT 4
#define GCM_EXPLICIT 8
/* RFC 5246 6.2.3: "The length MUST NOT exceed 2^14 + 2048." */
#define LENGTH_MAX (RECORD_PLAINTEXT_MAX + 2048)
#define PLAIN_SLICES_MAX 18
#define SSLV3_PAD 48

static void
put_u64(uint8_t *out, uint64_t number)
{
	for (unsigned i = 0; i < 8; i++)
		out[i] = (uint8_t)(number >> (56 - 8 * i));
}

/* seq_num + type + version + length: what a MAC and an AEAD have in front. */
static void
pseudo_header(const struct protection *p, uint8_t type, size_t len,
    uint8_t header[CBC_MAC_HEADER])
{
	put_u64(header, p->sequence);
	header[8] = type;
	header[9] = (uint8_t)(p->version >> 8);
	header[10] = (uint8_t)p->version;
	header[11] = (uint8_t)(len >> 8);
	header[12] = (uint8_t)len;
}

/* ---- AEADs ---- */

static int
seal_aead(struct protection *p, enum content_type type, const uint8_t *nonce,
    size_t explicit, const struct slice *plain, size_t count, uint8_t *record)
{
	size_t len = protection_total(plain, count);
	uint8_t ad[CBC_MAC_HEADER];
	int r;

	protection_put_header(
	    record, type, p->version, explicit + len + AEAD_TAG);
	pseudo_header(p, (uint8_t)type, len, ad);
	r = aead_seal(&p->key, nonce, slice_of(ad, sizeof ad), plain, count,
	    record + RECORD_HEADER + explicit);
	return r != 0 ? r : protection_next(p);
}

static int
open_aead(struct protection *p, const uint8_t *header, const uint8_t *nonce,
    uint8_t *text, size_t len, enum content_type *type, struct slice *plain)
{
	uint8_t ad[CBC_MAC_HEADER];
	int r;

	if (len < AEAD_TAG)
		return fail(ERR_DECRYPT);
	pseudo_header(p, header[0], len - AEAD_TAG, ad);
	r = aead_open(&p->key, nonce, slice_of(ad, sizeof ad), text, len);
	if (r != 0)
		return r;
	if (len - AEAD_TAG > RECORD_PLAINTEXT_MAX)
		return fail(ERR_RECORD_TOO_LONG);
	*type = header[0];
	*plain = slice_of(text, len - AEAD_TAG);
	return protection_next(p);
}

/* RFC 5288 3: the explicit part is the sequence number, which never repeats. */
static int
seal_gcm(struct protection *p, enum content_type type,
    const struct slice *plain, size_t count, uint8_t *record)
{
	uint8_t nonce[AEAD_NONCE];

	memcpy(nonce, p->iv, GCM_SALT);
	put_u64(nonce + GCM_SALT, p->sequence);
	memcpy(record + RECORD_HEADER, nonce + GCM_SALT, GCM_EXPLICIT);
	return seal_aead(p, type, nonce, GCM_EXPLICIT, plain, count, record);
}

static int
open_gcm(struct protection *p, const uint8_t *header, uint8_t *fragment,
    size_t len, enum content_type *type, struct slice *plain)
{
	uint8_t nonce[AEAD_NONCE];

	if (len < GCM_EXPLICIT)
		return fail(ERR_DECRYPT);
	memcpy(nonce, p->iv, GCM_SALT);
	memcpy(nonce + GCM_SALT, fragment, GCM_EXPLICIT);
	return open_aead(p, header, nonce, fragment + GCM_EXPLICIT,
	    len - GCM_EXPLICIT, type, plain);
}

/* RFC 7905 2: the nonce is TLS 1.3's, and no part of it travels. */
static int
seal_chacha(struct protection *p, enum content_type type,
    const struct slice *plain, size_t count, uint8_t *record)
{
	uint8_t nonce[AEAD_NONCE];

	protection_nonce(p, nonce);
	return seal_aead(p, type, nonce, 0, plain, count, record);
}

static int
open_chacha(struct protection *p, const uint8_t *header, uint8_t *fragment,
    size_t len, enum content_type *type, struct slice *plain)
{
	uint8_t nonce[AEAD_NONCE];

	protection_nonce(p, nonce);
	return open_aead(p, header, nonce, fragment, len, type, plain);
}

/* ---- MACs ---- */

/* RFC 6101 5.2.3.1: the version is not in it. */
static int
sslv3_mac(const struct protection *p, const uint8_t header[CBC_MAC_HEADER],
    const struct slice *plain, size_t count, uint8_t *mac)
{
	size_t pad = p->digest->size == digest_md5.size ? SSLV3_PAD : 40;
	struct slice parts[PLAIN_SLICES_MAX + 4];
	uint8_t pad1[SSLV3_PAD], pad2[SSLV3_PAD], inner[DIGEST_MAX];
	struct slice secret = slice_of(p->secret, p->digest->size);
	int r;

	memset(pad1, 0x36, pad);
	memset(pad2, 0x5c, pad);
	parts[0] = secret;
	parts[1] = slice_of(pad1, pad);
	parts[2] = slice_of(header, 9);
	parts[3] = slice_of(header + 11, 2);
	memcpy(parts + 4, plain, count * sizeof *plain);
	if ((r = digest_slices(p->digest, parts, count + 4, inner)) != 0)
		return r;
	parts[1] = slice_of(pad2, pad);
	parts[2] = slice_of(inner, p->digest->size);
	return digest_slices(p->digest, parts, 3, mac);
}

static int
compute_mac(const struct protection *p, uint8_t type, const struct slice *plain,
    size_t count, uint8_t *mac)
{
	uint8_t header[CBC_MAC_HEADER];
	struct slice parts[PLAIN_SLICES_MAX + 1];
	struct hmac_key key;
	int r;

	pseudo_header(p, type, protection_total(plain, count), header);
	if (p->version == WIRE_SSLV3)
		return sslv3_mac(p, header, plain, count, mac);
	parts[0] = slice_of(header, sizeof header);
	memcpy(parts + 1, plain, count * sizeof *plain);
	r = hmac_key_set(&key, p->digest, slice_of(p->secret, p->digest->size));
	return r != 0 ? r : hmac_slices(&key, parts, count + 1, mac);
}

/* Plaintext and MAC, one after the other; gives the end. */
static int
put_with_mac(const struct protection *p, enum content_type type,
    const struct slice *plain, size_t count, uint8_t **at)
{
	uint8_t mac[DIGEST_MAX];
	int r;

	if (count > PLAIN_SLICES_MAX)
		return fail(ERR_SAFETY);
	/* First, as a slice may be at its very place in the record. */
	if ((r = compute_mac(p, (uint8_t)type, plain, count, mac)) != 0)
		return r;
	for (size_t i = 0; i < count; i++) {
		if (plain[i].len > 0)
			memmove(*at, plain[i].data, plain[i].len);
		*at += plain[i].len;
	}
	memcpy(*at, mac, p->digest->size);
	*at += p->digest->size;
	return 0;
}

static int
check_mac(struct protection *p, uint8_t type, const uint8_t *data, size_t len)
{
	struct slice plain = slice_of(data, len);
	uint8_t mac[DIGEST_MAX];
	int r;

	if ((r = compute_mac(p, type, &plain, 1, mac)) != 0)
		return r;
	return CRYPTO_memcmp(mac, data + len, p->digest->size) == 0
		   ? 0
		   : fail(ERR_DECRYPT);
}

static int
take_plain(struct protection *p, const uint8_t *header, const uint8_t *data,
    size_t len, enum content_type *type, struct slice *plain)
{
	if (len > RECORD_PLAINTEXT_MAX)
		return fail(ERR_RECORD_TOO_LONG);
	*type = header[0];
	*plain = slice_of(data, len);
	return protection_next(p);
}

static int
seal_stream(struct protection *p, enum content_type type,
    const struct slice *plain, size_t count, uint8_t *record)
{
	uint8_t *text = record + RECORD_HEADER, *end = text;
	int r;

	if ((r = put_with_mac(p, type, plain, count, &end)) != 0)
		return r;
	protection_put_header(record, type, p->version, (size_t)(end - text));
	r = cipher_run(&p->cipher, text, (size_t)(end - text));
	return r != 0 ? r : protection_next(p);
}

static int
open_stream(struct protection *p, const uint8_t *header, uint8_t *fragment,
    size_t len, enum content_type *type, struct slice *plain)
{
	int r;

	if (len < p->digest->size)
		return fail(ERR_DECRYPT);
	if ((r = cipher_run(&p->cipher, fragment, len)) != 0)
		return r;
	len -= p->digest->size;
	if ((r = check_mac(p, header[0], fragment, len)) != 0)
		return r;
	return take_plain(p, header, fragment, len, type, plain);
}

/* ---- CBC ---- */

/* RFC 5246 6.2.3.2: from TLS 1.1 on each record has an IV in front. */
static size_t
explicit_iv(const struct protection *p)
{
	return p->version > WIRE_TLS10 ? p->cipher.cipher->block : 0;
}

static int
seal_cbc(struct protection *p, enum content_type type,
    const struct slice *plain, size_t count, uint8_t *record)
{
	size_t block = p->cipher.cipher->block, iv = explicit_iv(p), padding;
	uint8_t *text = record + RECORD_HEADER + iv, *end = text;
	int r;

	if ((r = put_with_mac(p, type, plain, count, &end)) != 0)
		return r;
	padding = block - (size_t)(end - text) % block;
	memset(end, (int)(padding - 1), padding);
	end += padding;
	if (iv > 0 &&
	    ((r = random_bytes(record + RECORD_HEADER, iv)) != 0 ||
		(r = cipher_iv(&p->cipher, record + RECORD_HEADER)) != 0))
		return r;
	protection_put_header(
	    record, type, p->version, iv + (size_t)(end - text));
	r = cipher_run(&p->cipher, text, (size_t)(end - text));
	return r != 0 ? r : protection_next(p);
}

/* RFC 6101 5.2.3.2: less than a block of anything. There is no constant time
 * to be had where the padding is not checked (POODLE). */
static int
open_cbc_sslv3(struct protection *p, uint8_t type, const uint8_t *text,
    size_t len, size_t *plain)
{
	size_t padding = text[len - 1] + 1u;

	if (padding > p->cipher.cipher->block ||
	    padding + p->digest->size > len)
		return fail(ERR_DECRYPT);
	*plain = len - padding - p->digest->size;
	return check_mac(p, type, text, *plain);
}

static int
open_cbc_tls(struct protection *p, uint8_t type, uint8_t *text, size_t len,
    size_t *plain)
{
	struct cbc_record record = {
		.data = text,
		.len = len,
		.digest = p->digest,
		.key = slice_of(p->secret, p->digest->size),
	};

	pseudo_header(p, type, 0, record.header);
	return cbc_open(&record, plain);
}

static int
open_cbc(struct protection *p, const uint8_t *header, uint8_t *fragment,
    size_t len, enum content_type *type, struct slice *plain)
{
	size_t block = p->cipher.cipher->block, iv = explicit_iv(p);
	uint8_t *text = fragment + iv;
	size_t text_len;
	int r;

	/* All of this is public. */
	if (len % block != 0 || len < iv + p->digest->size + 1u)
		return fail(ERR_DECRYPT);
	len -= iv;
	if ((iv > 0 && (r = cipher_iv(&p->cipher, fragment)) != 0) ||
	    (r = cipher_run(&p->cipher, text, len)) != 0)
		return r;
	r = p->version == WIRE_SSLV3
		? open_cbc_sslv3(p, header[0], text, len, &text_len)
		: open_cbc_tls(p, header[0], text, len, &text_len);
	if (r != 0)
		return r;
	return take_plain(p, header, text, text_len, type, plain);
}

static const struct protection_kind gcm = { GCM_EXPLICIT + AEAD_TAG, LENGTH_MAX,
	seal_gcm, open_gcm };
static const struct protection_kind chacha = { AEAD_TAG, LENGTH_MAX,
	seal_chacha, open_chacha };
static const struct protection_kind stream = { DIGEST_MAX, LENGTH_MAX,
	seal_stream, open_stream };
static const struct protection_kind cbc = { 2 * CIPHER_BLOCK_MAX + DIGEST_MAX,
	LENGTH_MAX, seal_cbc, open_cbc };

/* ---- keys ---- */

/* What one direction takes of the key block. */
struct sizes {
	size_t mac, key, iv;
};

static struct sizes
sizes_of(const struct suite *suite, uint8_t version)
{
	if (suite->aead != NULL)
		return (struct sizes){ 0, suite->aead->key_size,
			suite->aead == &aead_chacha20_poly1305 ? AEAD_NONCE
							       : GCM_SALT };
	/* RFC 4346 6.3: from TLS 1.1 on every record brings its own IV. */
	return (struct sizes){ suite->mac->size, suite->cipher->key_size,
		version > S2N_TLS10 ? 0u : suite->cipher->block };
}

size_t
protection12_block_size(const struct suite *suite, uint8_t version)
{
	struct sizes sizes = sizes_of(suite, version);

	return 2 * (sizes.mac + sizes.key + sizes.iv);
}

static int
set_aead(struct protection *p, const struct suite *suite, enum aead_use use,
    const uint8_t *key, struct slice iv)
{
	memcpy(p->iv, iv.data, iv.len);
	p->kind = suite->aead == &aead_chacha20_poly1305 ? &chacha : &gcm;
	return aead_key_set(&p->key, suite->aead, use, key);
}

static int
set_cipher(struct protection *p, const struct suite *suite, enum aead_use use,
    const uint8_t *key, const uint8_t *iv)
{
	p->kind = suite->cipher->block > 0 ? &cbc : &stream;
	return cipher_key_set(&p->cipher, suite->cipher,
	    use == AEAD_SEALS ? CIPHER_ENCRYPTS : CIPHER_DECRYPTS, key, iv);
}

int
protection_set12(struct protection *p, const struct suite *suite,
    uint8_t version, enum aead_use use, s2n_mode owner,
    const uint8_t *key_block)
{
	struct sizes sizes = sizes_of(suite, version);
	size_t server = owner == S2N_SERVER ? 1 : 0;
	const uint8_t *mac = key_block + server * sizes.mac;
	const uint8_t *key = key_block + 2 * sizes.mac + server * sizes.key;
	const uint8_t *iv =
	    key_block + 2 * (sizes.mac + sizes.key) + server * sizes.iv;
	/* An IV that the first record replaces. */
	static const uint8_t none[CIPHER_BLOCK_MAX];

	p->sequence = 0;
	p->version = version_wire(version);
	if (suite->aead != NULL)
		return set_aead(p, suite, use, key, slice_of(iv, sizes.iv));
	p->digest = suite->mac;
	memcpy(p->secret, mac, sizes.mac);
	/* The attack on the chained IV (BEAST) is on what a client sends. */
	p->splits = use == AEAD_SEALS && owner == S2N_CLIENT &&
		    version <= S2N_TLS10 && suite->cipher->block > 0;
	return set_cipher(p, suite, use, key, sizes.iv > 0 ? iv : none);
}

/*
 * Record protection of TLS 1.2 and older; the contract is in protect12.h.
 */
#include "libtls/record/protect12.h"

#include "libtls/crypto/library.h"
#include "libtls/crypto/secret.h"
#include "libtls/record/cbc.h"
#include "libtls/registry/version.h"

#define GCM_SALT 4
#define GCM_EXPLICIT 8
/* RFC 5246 6.2.3: "The length MUST NOT exceed 2^14 + 2048." */
#define LENGTH_MAX (RECORD_PLAINTEXT_MAX + 2048)

static void
put_u64(uint8_t *out, uint64_t number)
{
	for (unsigned i = 0; i < 8; i++)
		out[i] = (uint8_t)(number >> (56 - 8 * i));
}

/* What a MAC and an AEAD have in front. */
static void
pseudo_header(const struct protection *p, uint8_t type, size_t len,
    uint8_t header[MAC_HEADER])
{
	put_u64(header, p->sequence);
	header[8] = type;
	header[MAC_HEADER_VERSION] = (uint8_t)(p->version >> 8);
	header[MAC_HEADER_VERSION + 1] = (uint8_t)p->version;
	header[MAC_HEADER_LENGTH] = (uint8_t)(len >> 8);
	header[MAC_HEADER_LENGTH + 1] = (uint8_t)len;
}

/* ---- AEADs ---- */

static int
seal_aead(struct protection *p, enum content_type type, const uint8_t *nonce,
    size_t explicit, const struct slice *plain, size_t count, uint8_t *record)
{
	size_t len = protection_total(plain, count);
	uint8_t ad[MAC_HEADER];
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
	uint8_t ad[MAC_HEADER];
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

static int
compute_mac(const struct protection *p, uint8_t type, const struct slice *plain,
    size_t count, uint8_t *mac)
{
	uint8_t header[MAC_HEADER];

	pseudo_header(p, type, protection_total(plain, count), header);
	return mac_compute(p->digest, p->secret, header, plain, count, mac);
}

/* Plaintext and MAC, one after the other; gives their end. */
static int
put_with_mac(const struct protection *p, enum content_type type,
    const struct slice *plain, size_t count, uint8_t **at)
{
	int r;

	for (size_t i = 0; i < count; i++) {
		if (plain[i].len > 0)
			memcpy(*at, plain[i].data, plain[i].len);
		*at += plain[i].len;
	}
	if ((r = compute_mac(p, (uint8_t)type, plain, count, *at)) == 0)
		*at += p->digest->size;
	return r;
}

static int
take_plain(struct protection *p, const uint8_t *header, const uint8_t *data,
    size_t len, enum content_type *type, struct slice *plain)
{
	/* RFC 5246 6.2.1 */
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
	struct slice text;
	uint8_t mac[DIGEST_MAX];
	int r;

	if (len < p->digest->size)
		return fail(ERR_DECRYPT);
	text = slice_of(fragment, len - p->digest->size);
	if ((r = cipher_run(&p->cipher, fragment, len)) != 0 ||
	    (r = compute_mac(p, header[0], &text, 1, mac)) != 0)
		return r;
	if (!secret_equal(mac, fragment + text.len, p->digest->size))
		return fail(ERR_DECRYPT);
	return take_plain(p, header, fragment, text.len, type, plain);
}

static size_t
room_stream(const struct protection *p, size_t len)
{
	return len - p->digest->size;
}

/* ---- CBC ---- */

/* RFC 5246 6.2.3.2: from TLS 1.1 on each record has an IV in front. */
static size_t
explicit_iv(const struct protection *p)
{
	return p->version > WIRE_TLS10 ? p->cipher.cipher->block : 0;
}

/*
 * The IV is a fixed block, encrypted like what follows it: RFC 4346 6.2.3.2,
 * "using the CBC residue from the previous block as the mask for the prepended
 * block". Nobody can tell beforehand what comes of that, as nobody chooses what
 * the cipher is given, and random bytes would cost as much as a short record.
 */
static int
seal_cbc(struct protection *p, enum content_type type,
    const struct slice *plain, size_t count, uint8_t *record)
{
	size_t block = p->cipher.cipher->block, iv = explicit_iv(p), padding;
	uint8_t *fragment = record + RECORD_HEADER, *end = fragment + iv;
	int r;

	memset(fragment, 0, iv);
	if ((r = put_with_mac(p, type, plain, count, &end)) != 0)
		return r;
	padding = block - (size_t)(end - fragment) % block;
	memset(end, (int)(padding - 1), padding);
	end += padding;
	protection_put_header(
	    record, type, p->version, (size_t)(end - fragment));
	r = cipher_run(&p->cipher, fragment, (size_t)(end - fragment));
	return r != 0 ? r : protection_next(p);
}

static int
open_cbc(struct protection *p, const uint8_t *header, uint8_t *fragment,
    size_t len, enum content_type *type, struct slice *plain)
{
	size_t block = p->cipher.cipher->block, iv = explicit_iv(p), text_len;
	struct cbc_record record = {
		.block = block, .digest = p->digest, .key = p->secret
	};
	uint32_t good;
	int r;

	/* All of this is public. */
	if (len % block != 0 || len < iv + p->digest->size + 1u)
		return fail(ERR_DECRYPT);
	/* The IV comes out as nothing, and what follows as it should. */
	if ((r = cipher_run(&p->cipher, fragment, len)) != 0)
		return r;
	record.data = fragment + iv;
	record.len = len - iv;
	pseudo_header(p, header[0], 0, record.header);
	r = p->version == WIRE_SSLV3
		? cbc_check_sslv3(&record, &text_len, &good)
		: cbc_check(&record, &text_len, &good);
	if (r != 0)
		return r;
	/* The peer gets an alert or none, and not before all of it is checked:
	 * one for whatever was wrong. */
	if (secret_disclose(good) == 0)
		return fail(ERR_DECRYPT);
	/* Of a record that is good the application sees the length. */
	text_len = secret_disclose((uint32_t)text_len);
	return take_plain(p, header, record.data, text_len, type, plain);
}

static size_t
room_cbc(const struct protection *p, size_t len)
{
	return len - len % p->cipher.cipher->block - explicit_iv(p) -
	       p->digest->size - 1;
}

static const struct protection_kind gcm = { GCM_EXPLICIT + AEAD_TAG, LENGTH_MAX,
	seal_gcm, open_gcm, NULL };
static const struct protection_kind chacha = { AEAD_TAG, LENGTH_MAX,
	seal_chacha, open_chacha, NULL };
static const struct protection_kind stream = { DIGEST_MAX, LENGTH_MAX,
	seal_stream, open_stream, room_stream };
static const struct protection_kind cbc = { 2 * CIPHER_BLOCK_MAX + DIGEST_MAX,
	LENGTH_MAX, seal_cbc, open_cbc, room_cbc };

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
    const uint8_t *key, struct slice iv)
{
	uint8_t first[CIPHER_BLOCK_MAX];
	int r;

	p->kind = suite->cipher->block > 0 ? &cbc : &stream;
	/* RFC 4346 6.2.3.2: "the mask for the first record ... MUST be
	 * generated using a cryptographically strong PRNG." */
	if (iv.len < suite->cipher->block) {
		if ((r = random_bytes(first, sizeof first)) != 0)
			return r;
		iv.data = first;
	}
	return cipher_key_set(&p->cipher, suite->cipher,
	    use == AEAD_SEALS ? CIPHER_ENCRYPTS : CIPHER_DECRYPTS, key,
	    iv.data);
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
	struct slice iv = slice_of(
	    key_block + 2 * (sizes.mac + sizes.key) + server * sizes.iv,
	    sizes.iv);

	p->sequence = 0;
	p->version = version_wire(version);
	/* The attack on the chained IV (BEAST) is on what a client sends. */
	p->splits = use == AEAD_SEALS && owner == S2N_CLIENT &&
		    version <= S2N_TLS10 && suite->aead == NULL &&
		    suite->cipher->block > 0;
	if (suite->aead != NULL)
		return set_aead(p, suite, use, key, iv);
	p->digest = suite->mac;
	memcpy(p->secret, mac, sizes.mac);
	return set_cipher(p, suite, use, key, iv);
}

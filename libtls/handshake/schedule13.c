/*
 * Key schedule of TLS 1.3; the contract is in schedule13.h.
 */
#include "libtls/handshake/schedule13.h"

#include <openssl/crypto.h>

#include "libtls/crypto/hkdf.h"

/*
 * What is the same in all connections: the hash of nothing, and the salt of the
 * handshake secret where there is no pre-shared key.
 */
struct constants {
	uint8_t nothing[DIGEST_MAX], salt[DIGEST_MAX];
};
static const struct constants with_sha256 = {
	.nothing = { 0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb,
	    0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64,
	    0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55 },
	.salt = { 0x6f, 0x26, 0x15, 0xa1, 0x08, 0xc7, 0x02, 0xc5, 0x67, 0x8f,
	    0x54, 0xfc, 0x9d, 0xba, 0xb6, 0x97, 0x16, 0xc0, 0x76, 0x18, 0x9c,
	    0x48, 0x25, 0x0c, 0xeb, 0xea, 0xc3, 0x57, 0x6c, 0x36, 0x11, 0xba },
};
static const struct constants with_sha384 = {
	.nothing = { 0x38, 0xb0, 0x60, 0xa7, 0x51, 0xac, 0x96, 0x38, 0x4c, 0xd9,
	    0x32, 0x7e, 0xb1, 0xb1, 0xe3, 0x6a, 0x21, 0xfd, 0xb7, 0x11, 0x14,
	    0xbe, 0x07, 0x43, 0x4c, 0x0c, 0xc7, 0xbf, 0x63, 0xf6, 0xe1, 0xda,
	    0x27, 0x4e, 0xde, 0xbf, 0xe7, 0x6f, 0x65, 0xfb, 0xd5, 0x1a, 0xd2,
	    0xf1, 0x48, 0x98, 0xb9, 0x5b },
	.salt = { 0x15, 0x91, 0xda, 0xc5, 0xcb, 0xbf, 0x03, 0x30, 0xa4, 0xa8,
	    0x4d, 0xe9, 0xc7, 0x53, 0x33, 0x0e, 0x92, 0xd0, 0x1f, 0x0a, 0x88,
	    0x21, 0x4b, 0x44, 0x64, 0x97, 0x2f, 0xd6, 0x68, 0x04, 0x9e, 0x93,
	    0xe5, 0x2f, 0x2b, 0x16, 0xfa, 0xd9, 0x22, 0xfd, 0xc0, 0x58, 0x44,
	    0x78, 0x42, 0x8f, 0x28, 0x2b },
};

/* The suites of TLS 1.3 have no other hashes. */
static const struct constants *
constants_of(const struct digest *digest)
{
	return digest == &digest_sha384 ? &with_sha384 : &with_sha256;
}

/* Derive-Secret (RFC 8446 7.1) over a transcript hash that is there already. */
static struct hkdf_label
derived(const struct digest *digest, const char *label, const uint8_t *hash,
    uint8_t *out)
{
	return (struct hkdf_label){ label, slice_of(hash, digest->size), out,
		digest->size };
}

static struct hkdf_label
next_salt(struct schedule13 *keys)
{
	return derived(keys->digest, "derived",
	    constants_of(keys->digest)->nothing, keys->salt);
}

/* From one secret of the three to the next. */
static int
advance(struct schedule13 *keys, struct slice ikm)
{
	return hkdf_extract(keys->digest,
	    slice_of(keys->salt, keys->digest->size), ikm, keys->secret);
}

static int
derive(const struct schedule13 *keys, const struct hkdf_label *labels,
    size_t count)
{
	return hkdf_expand_labels(keys->digest, keys->secret, labels, count);
}

int
schedule13_early(
    struct schedule13 *keys, const struct digest *digest, struct slice psk)
{
	struct hkdf_label label;
	int r;

	keys->digest = digest;
	if (psk.len == 0) {
		memcpy(keys->salt, constants_of(digest)->salt, digest->size);
		return 0;
	}
	label = next_salt(keys);
	r = hkdf_extract(digest, NO_BYTES, psk, keys->secret);
	return r != 0 ? r : derive(keys, &label, 1);
}

int
schedule13_client_early(struct schedule13 *keys, const uint8_t *hash)
{
	const struct hkdf_label label =
	    derived(keys->digest, "c e traffic", hash, keys->client_early);

	return derive(keys, &label, 1);
}

int
schedule13_binder(const struct digest *digest, struct slice psk, bool external,
    const uint8_t *hash, uint8_t *binder)
{
	uint8_t early[DIGEST_MAX], base[DIGEST_MAX];
	const struct hkdf_label label =
	    derived(digest, external ? "ext binder" : "res binder",
		constants_of(digest)->nothing, base);
	int r;

	if ((r = hkdf_extract(digest, NO_BYTES, psk, early)) == 0 &&
	    (r = hkdf_expand_labels(digest, early, &label, 1)) == 0)
		r = schedule13_finished(digest, base, hash, binder);
	OPENSSL_cleanse(early, sizeof early);
	OPENSSL_cleanse(base, sizeof base);
	return r;
}

int
schedule13_ticket_psk(const struct digest *digest, const uint8_t *resumption,
    struct slice nonce, uint8_t *psk)
{
	return hkdf_expand_label(
	    digest, resumption, "resumption", nonce, psk, digest->size);
}

int
schedule13_handshake(
    struct schedule13 *keys, struct slice shared, const uint8_t *hash)
{
	const struct digest *digest = keys->digest;
	const struct hkdf_label labels[] = {
		derived(digest, "c hs traffic", hash, keys->client_handshake),
		derived(digest, "s hs traffic", hash, keys->server_handshake),
		next_salt(keys),
	};
	int r = advance(keys, shared);

	return r != 0 ? r : derive(keys, labels, COUNT(labels));
}

int
schedule13_application(
    struct schedule13 *keys, const uint8_t *hash, uint8_t *exporter)
{
	const struct digest *digest = keys->digest;
	const struct hkdf_label labels[] = {
		derived(digest, "c ap traffic", hash, keys->client_application),
		derived(digest, "s ap traffic", hash, keys->server_application),
		derived(digest, "exp master", hash, exporter),
	};
	int r = advance(keys, NO_BYTES);

	return r != 0 ? r : derive(keys, labels, COUNT(labels));
}

int
schedule13_resumption(
    struct schedule13 *keys, const uint8_t *hash, uint8_t *resumption)
{
	const struct hkdf_label label =
	    derived(keys->digest, "res master", hash, resumption);

	return derive(keys, &label, 1);
}

int
schedule13_finished(const struct digest *digest, const uint8_t *base_key,
    const uint8_t *hash, uint8_t *verify_data)
{
	uint8_t key[DIGEST_MAX];
	int r;

	r = hkdf_expand_label(
	    digest, base_key, "finished", NO_BYTES, key, digest->size);
	if (r == 0)
		r = hmac_once(digest, slice_of(key, digest->size),
		    slice_of(hash, digest->size), verify_data);
	OPENSSL_cleanse(key, sizeof key);
	return r;
}

int
schedule13_export(const struct digest *digest, const uint8_t *exporter,
    const char *label, struct slice context, uint8_t *out, size_t len)
{
	uint8_t secret[DIGEST_MAX], hash[DIGEST_MAX];
	const struct hkdf_label first =
	    derived(digest, label, constants_of(digest)->nothing, secret);
	int r;

	if ((r = digest_once(digest, context, hash)) == 0 &&
	    (r = hkdf_expand_labels(digest, exporter, &first, 1)) == 0)
		r = hkdf_expand_label(digest, secret, "exporter",
		    slice_of(hash, digest->size), out, len);
	OPENSSL_cleanse(secret, sizeof secret);
	return r;
}

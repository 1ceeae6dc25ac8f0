/*
 * Key schedule of TLS 1.3; the contract is in schedule13.h.
 */
#include "libtls/handshake/schedule13.h"

#include <openssl/crypto.h>

#include "libtls/crypto/hkdf.h"

/* Derive-Secret with a transcript hash that is computed already. */
static int
derive(const struct schedule13 *keys, const char *label, const uint8_t *hash,
    uint8_t *out)
{
	return hkdf_expand_label(keys->digest, keys->secret, label,
	    slice_of(hash, keys->digest->size), out, keys->digest->size);
}

/* The "derived" step between two extracts (RFC 8446 7.1). */
static int
advance(struct schedule13 *keys, struct slice ikm)
{
	uint8_t nothing[DIGEST_MAX], salt[DIGEST_MAX];
	int r;

	if ((r = digest_once(keys->digest, NO_BYTES, nothing)) == 0 &&
	    (r = derive(keys, "derived", nothing, salt)) == 0)
		r = hkdf_extract(keys->digest,
		    slice_of(salt, keys->digest->size), ikm, keys->secret);
	OPENSSL_cleanse(salt, sizeof salt);
	return r;
}

int
schedule13_early(
    struct schedule13 *keys, const struct digest *digest, struct slice psk)
{
	keys->digest = digest;
	return hkdf_extract(digest, NO_BYTES, psk, keys->secret);
}

int
schedule13_client_early(struct schedule13 *keys, const uint8_t *hash)
{
	return derive(keys, "c e traffic", hash, keys->client_early);
}

int
schedule13_binder(const struct digest *digest, struct slice psk, bool external,
    const uint8_t *hash, uint8_t *binder)
{
	struct schedule13 keys;
	uint8_t nothing[DIGEST_MAX], base[DIGEST_MAX];
	int r;

	if ((r = schedule13_early(&keys, digest, psk)) == 0 &&
	    (r = digest_once(digest, NO_BYTES, nothing)) == 0 &&
	    (r = derive(&keys, external ? "ext binder" : "res binder", nothing,
		 base)) == 0)
		r = schedule13_finished(digest, base, hash, binder);
	OPENSSL_cleanse(&keys, sizeof keys);
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
	int r;

	if ((r = advance(keys, shared)) != 0 ||
	    (r = derive(keys, "c hs traffic", hash, keys->client_handshake)) !=
		0)
		return r;
	return derive(keys, "s hs traffic", hash, keys->server_handshake);
}

int
schedule13_application(
    struct schedule13 *keys, const uint8_t *hash, uint8_t *exporter)
{
	int r;

	if ((r = advance(keys, NO_BYTES)) != 0 ||
	    (r = derive(
		 keys, "c ap traffic", hash, keys->client_application)) != 0 ||
	    (r = derive(
		 keys, "s ap traffic", hash, keys->server_application)) != 0)
		return r;
	return derive(keys, "exp master", hash, exporter);
}

int
schedule13_resumption(
    struct schedule13 *keys, const uint8_t *hash, uint8_t *resumption)
{
	return derive(keys, "res master", hash, resumption);
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
	uint8_t nothing[DIGEST_MAX], secret[DIGEST_MAX], hash[DIGEST_MAX];
	int r;

	if ((r = digest_once(digest, NO_BYTES, nothing)) == 0 &&
	    (r = digest_once(digest, context, hash)) == 0 &&
	    (r = hkdf_expand_label(digest, exporter, label,
		 slice_of(nothing, digest->size), secret, digest->size)) == 0)
		r = hkdf_expand_label(digest, secret, "exporter",
		    slice_of(hash, digest->size), out, len);
	OPENSSL_cleanse(secret, sizeof secret);
	return r;
}

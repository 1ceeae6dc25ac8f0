/*
 * Tickets; the contract is in ticket.h.
 */
#include "libtls/session/ticket.h"

#include <openssl/crypto.h>

#include "base/reader.h"
#include "libtls/crypto/hkdf.h"
#include "libtls/crypto/library.h"

#define VERSION 1
#define SERVER_NAME_MAX 255
#define BOUND_MAX                                                              \
	(sizeof((struct ticket_key *)0)->implicit + TICKET_KEY_NAME +          \
	    SERVER_NAME_MAX)

/* This ticket's own key, so that no key meets a nonce twice. */
static int
set_key(const struct ticket_key *key, struct slice info, enum aead_use use,
    struct aead_key *out)
{
	uint8_t prk[DIGEST_MAX], secret[AEAD_KEY_MAX];
	int r;

	r = hkdf_extract(&digest_sha256, NO_BYTES,
	    slice_of(key->secret, sizeof key->secret), prk);
	if (r == 0)
		r = hkdf_expand(&digest_sha256,
		    slice_of(prk, digest_sha256.size), info, secret,
		    sizeof secret);
	if (r == 0)
		r = aead_key_set(out, &aead_aes256_gcm, use, secret);
	OPENSSL_cleanse(prk, sizeof prk);
	OPENSSL_cleanse(secret, sizeof secret);
	return r;
}

/* Names differ in no more than case. */
static void
write_bound(
    const struct ticket_key *key, struct slice server_name, struct writer *out)
{
	uint8_t c;

	writer_bytes(out, slice_of(key->implicit, sizeof key->implicit));
	writer_bytes(out, slice_of(key->name, sizeof key->name));
	for (size_t i = 0; i < server_name.len; i++) {
		c = server_name.data[i];
		writer_u8(out, c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c);
	}
}

int
ticket_seal(const struct ticket_key *key, struct slice server_name,
    struct slice state, struct writer *out)
{
	uint8_t info[TICKET_INFO], nonce[AEAD_NONCE], bound[BOUND_MAX];
	struct aead_key aead = { 0 };
	struct writer ad;
	uint8_t *sealed;
	int r;

	writer_init_fixed(&ad, bound, sizeof bound);
	write_bound(key, server_name, &ad);
	if ((r = random_bytes(info, sizeof info)) != 0 ||
	    (r = random_bytes(nonce, sizeof nonce)) != 0)
		return r;
	writer_u8(out, VERSION);
	writer_bytes(out, slice_of(key->name, sizeof key->name));
	writer_bytes(out, slice_of(info, sizeof info));
	writer_bytes(out, slice_of(nonce, sizeof nonce));
	sealed = writer_reserve(out, state.len + AEAD_TAG);
	if (sealed == NULL || ad.failed)
		return fail(ERR_NOMEM);
	r = set_key(key, slice_of(info, sizeof info), AEAD_SEALS, &aead);
	if (r == 0)
		r = aead_seal(
		    &aead, nonce, slice_of(bound, ad.len), &state, 1, sealed);
	aead_key_wipe(&aead);
	return r;
}

/* A ticket's parts, borrowed. */
struct parts {
	struct slice name, info, nonce, sealed;
};

static bool
parse(struct slice ticket, struct parts *parts)
{
	struct reader in = reader_of(ticket);
	uint8_t version = reader_u8(&in);

	parts->name = reader_bytes(&in, TICKET_KEY_NAME);
	parts->info = reader_bytes(&in, TICKET_INFO);
	parts->nonce = reader_bytes(&in, AEAD_NONCE);
	parts->sealed = reader_rest(&in);
	return reader_done(&in) && version == VERSION &&
	       parts->sealed.len > AEAD_TAG;
}

/* In place in the writer; what does not open is not left there. */
static bool
open_parts(const struct ticket_key *key, struct slice server_name,
    const struct parts *parts, struct writer *state)
{
	uint8_t bound[BOUND_MAX];
	struct aead_key aead = { 0 };
	size_t start = state->len;
	struct writer ad;
	uint8_t *sealed;
	int r;

	writer_init_fixed(&ad, bound, sizeof bound);
	write_bound(key, server_name, &ad);
	sealed = writer_reserve(state, parts->sealed.len);
	if (sealed == NULL || ad.failed)
		return false;
	memcpy(sealed, parts->sealed.data, parts->sealed.len);
	r = set_key(key, parts->info, AEAD_OPENS, &aead);
	if (r == 0)
		r = aead_open(&aead, parts->nonce.data, slice_of(bound, ad.len),
		    sealed, parts->sealed.len);
	aead_key_wipe(&aead);
	writer_truncate(state, r == 0 ? state->len - AEAD_TAG : start);
	return r == 0;
}

bool
ticket_open(struct ticket_keys *keys, const struct ticket_times *times,
    struct slice server_name, struct slice ticket, struct writer *state)
{
	struct parts parts;
	struct ticket_key key;
	bool opened;

	if (!parse(ticket, &parts) ||
	    !ticket_keys_find(keys, parts.name.data, times, &key))
		return false;
	opened = open_parts(&key, server_name, &parts, state);
	OPENSSL_cleanse(&key, sizeof key);
	return opened;
}

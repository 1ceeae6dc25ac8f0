/*
 * Keys by slot; the contract is in keystore.h.
 */
#include "keyd/keystore.h"

#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "keyd/signer.h"

struct slot {
	EVP_PKEY *pkey; /* NULL: empty */
	struct keyproto_key what;
	char name[KEYPROTO_CLIENT_NAME];
	struct rate rate;
};

struct keystore {
	uint32_t room, count; /* slots, and how many are not empty */
	bool one_speed;
	enum keyproto_speed speed; /* of the key that came last */
	struct slot slots[];
};

struct keystore *
keystore_new(uint32_t slots)
{
	struct keystore *store =
	    calloc(1, sizeof *store + slots * sizeof store->slots[0]);

	if (store != NULL)
		store->room = slots;
	return store;
}

void
keystore_one_speed(struct keystore *store)
{
	store->one_speed = true;
}

void
keystore_free(struct keystore *store)
{
	if (store == NULL)
		return;
	for (uint32_t i = 0; i < store->room; i++)
		EVP_PKEY_free(store->slots[i].pkey);
	free(store);
}

static uint16_t
algorithm_of(const EVP_PKEY *key)
{
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_RSA:
		return KEYPROTO_RSA;
	case EVP_PKEY_RSA_PSS:
		return KEYPROTO_RSA_PSS;
	case EVP_PKEY_ED25519:
		return KEYPROTO_ED25519;
	}
	return KEYPROTO_EC;
}

/* SHA-256 of the SubjectPublicKeyInfo: how a certificate names its key. */
static bool
hash_public(EVP_PKEY *key, uint8_t out[KEYPROTO_SPKI])
{
	uint8_t *der = NULL;
	int len = i2d_PUBKEY(key, &der);
	bool done = len > 0 && EVP_Q_digest(NULL, "SHA256", NULL, der,
				   (size_t)len, out, NULL) == 1;

	OPENSSL_free(der);
	return done;
}

/* Only an RSA key decrypts, and not one that is for RSA-PSS alone. */
static bool
can_do(const EVP_PKEY *key, uint32_t operations)
{
	return (operations & keyproto_operation(KEYPROTO_PREMASTER)) == 0 ||
	       EVP_PKEY_is_a(key, "RSA");
}

/* Fills in what is told of it. */
static enum keyproto_verdict
judge(EVP_PKEY *key, uint32_t operations, struct keyproto_key *what)
{
	if ((what->schemes = signer_schemes(key)) == 0)
		return KEYPROTO_KIND;
	if (!can_do(key, operations))
		return KEYPROTO_OPERATIONS;
	if (!signer_sound(key) || !hash_public(key, what->spki))
		return KEYPROTO_HALVES;
	what->operations = operations;
	what->algorithm = algorithm_of(key);
	what->bits = (uint32_t)EVP_PKEY_get_bits(key);
	return KEYPROTO_SERVED;
}

static enum keyproto_speed
speed_of(const struct slot *slot)
{
	return keyproto_speed(slot->what.algorithm, slot->what.bits);
}

/* As all keys in other slots are. */
static bool
is_of_speed(
    const struct keystore *store, uint16_t slot, const struct slot *next)
{
	uint32_t own = store->slots[slot].pkey != NULL;

	return store->count == own || store->speed == speed_of(next);
}

static void
fill(struct keystore *store, const struct keyproto_keyfile *file,
    struct slot *next)
{
	struct slot *slot = &store->slots[file->slot];

	store->count += slot->pkey == NULL;
	store->speed = speed_of(next);
	next->rate = rate_of(&file->rate);
	next->what.slot = file->slot;
	next->what.generation = slot->what.generation + 1;
	memcpy(next->name, file->name, sizeof next->name);
	EVP_PKEY_free(slot->pkey);
	*slot = *next;
}

enum keyproto_verdict
keystore_put(struct keystore *store, const struct keyproto_keyfile *file,
    EVP_PKEY *key, uint64_t expires, struct keyproto_keytold *told)
{
	struct slot next = { .pkey = key };
	enum keyproto_verdict verdict = KEYPROTO_NO_KEY;

	if (file->slot < store->room)
		verdict = judge(key, file->operations, &next.what);
	if (verdict == KEYPROTO_SERVED && store->one_speed &&
	    !is_of_speed(store, file->slot, &next))
		verdict = KEYPROTO_SPEED;
	ERR_clear_error();
	*told = (struct keyproto_keytold){ .verdict = (uint16_t)verdict };
	if (verdict == KEYPROTO_SERVED || verdict == KEYPROTO_SPEED) {
		told->algorithm = next.what.algorithm;
		told->bits = next.what.bits;
		told->expires = expires;
		memcpy(told->spki, next.what.spki, sizeof told->spki);
	}
	if (verdict == KEYPROTO_SERVED)
		fill(store, file, &next);
	else
		EVP_PKEY_free(key);
	return verdict;
}

enum keyproto_verdict
keystore_load(struct keystore *store, const struct keyproto_keyfile *file,
    const struct keysource *source, struct keyproto_keytold *told)
{
	EVP_PKEY *key = NULL;
	uint64_t expires = 0;
	enum keyproto_verdict verdict = keyread(source, &key, &expires);

	*told = (struct keyproto_keytold){ .verdict = (uint16_t)verdict };
	return verdict == KEYPROTO_SERVED
		   ? keystore_put(store, file, key, expires, told)
		   : verdict;
}

const struct keyproto_key *
keystore_describe(const struct keystore *store, uint16_t slot)
{
	return keystore_key(store, slot) != NULL ? &store->slots[slot].what
						 : NULL;
}

const char *
keystore_name(const struct keystore *store, uint16_t slot)
{
	return keystore_key(store, slot) != NULL ? store->slots[slot].name : "";
}

EVP_PKEY *
keystore_key(const struct keystore *store, uint16_t slot)
{
	return slot < store->room ? store->slots[slot].pkey : NULL;
}

struct rate *
keystore_rate(struct keystore *store, uint16_t slot)
{
	return keystore_key(store, slot) != NULL ? &store->slots[slot].rate
						 : NULL;
}

uint32_t
keystore_count(const struct keystore *store)
{
	return store->count;
}

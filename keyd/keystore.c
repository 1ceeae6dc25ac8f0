/*
 * Keys by slot; the contract is in keystore.h.
 */
#include "keyd/keystore.h"

#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "keyd/readall.h"
#include "keyd/signer.h"

#define FILE_MAX (64 * 1024)

struct slot {
	EVP_PKEY *pkey; /* NULL: empty */
	struct keyproto_key what;
};

struct keystore {
	struct slot slots[KEYPROTO_SLOTS];
	struct rate *rates; /* as many */
};

struct keystore *
keystore_new(void)
{
	struct keystore *store = calloc(1, sizeof *store);

	if (store == NULL)
		return NULL;
	store->rates = calloc(KEYPROTO_SLOTS, sizeof *store->rates);
	if (store->rates != NULL)
		return store;
	free(store);
	return NULL;
}

void
keystore_free(struct keystore *store)
{
	if (store == NULL)
		return;
	for (size_t i = 0; i < KEYPROTO_SLOTS; i++)
		EVP_PKEY_free(store->slots[i].pkey);
	free(store->rates);
	free(store);
}

/* Never asks a terminal: an encrypted key is one that cannot be read. */
static int
no_passphrase(char *buffer, int size, int writing, void *ctx)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)ctx;
	return -1;
}

static EVP_PKEY *
read_key(int fd)
{
	/* A byte more than is allowed shows that there is more. */
	uint8_t *text = OPENSSL_malloc(FILE_MAX + 1);
	EVP_PKEY *key = NULL;
	BIO *bio = NULL;
	size_t len;

	if (text != NULL && (len = readall(fd, text, FILE_MAX + 1)) > 0 &&
	    (bio = BIO_new_mem_buf(text, (int)len)) != NULL)
		key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	OPENSSL_clear_free(text, FILE_MAX + 1);
	ERR_clear_error();
	return key;
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

enum keyproto_status
keystore_load(
    struct keystore *store, const struct keyproto_keyfile *file, int fd)
{
	struct slot *slot, next = { 0 };

	if (file->slot >= KEYPROTO_SLOTS)
		return KEYPROTO_BADMSG;
	slot = &store->slots[file->slot];
	if ((next.pkey = read_key(fd)) == NULL)
		return KEYPROTO_CRYPTO;
	if (!can_do(next.pkey, file->operations)) {
		EVP_PKEY_free(next.pkey);
		return KEYPROTO_DENIED;
	}
	next.what.schemes = signer_schemes(next.pkey);
	if (next.what.schemes == 0 || !signer_sound(next.pkey) ||
	    !hash_public(next.pkey, next.what.spki)) {
		ERR_clear_error();
		EVP_PKEY_free(next.pkey);
		return KEYPROTO_CRYPTO;
	}
	next.what.slot = file->slot;
	next.what.operations = file->operations;
	next.what.algorithm = algorithm_of(next.pkey);
	next.what.bits = (uint32_t)EVP_PKEY_get_bits(next.pkey);
	next.what.generation = slot->what.generation + 1;
	EVP_PKEY_free(slot->pkey);
	*slot = next;
	store->rates[file->slot] = rate_of(&file->rate);
	return KEYPROTO_OK;
}

bool
keystore_describe(
    const struct keystore *store, uint16_t slot, struct keyproto_key *what)
{
	if (slot >= KEYPROTO_SLOTS || store->slots[slot].pkey == NULL)
		return false;
	*what = store->slots[slot].what;
	return true;
}

EVP_PKEY *
keystore_key(const struct keystore *store, uint16_t slot)
{
	return slot < KEYPROTO_SLOTS ? store->slots[slot].pkey : NULL;
}

struct rate *
keystore_rate(const struct keystore *store, uint16_t slot)
{
	return keystore_key(store, slot) != NULL ? &store->rates[slot] : NULL;
}

uint32_t
keystore_count(const struct keystore *store)
{
	uint32_t count = 0;

	for (size_t i = 0; i < KEYPROTO_SLOTS; i++)
		count += store->slots[i].pkey != NULL;
	return count;
}

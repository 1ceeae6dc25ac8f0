/*
 * The library context and each thread's scratch contexts; the contracts are in
 * library.h and fetched.h.
 */
#include "libtls/crypto/library.h"

#include <pthread.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "libtls/crypto/fetched.h"
#include "libtls/crypto/group.h"

struct fetched fetched;
static bool ready;
/*
 * Made at the first init and kept for good: deleting it would leave the scratch
 * of threads that still live to nobody.
 */
static pthread_key_t scratch_key;
static bool scratch_key_made;

/* A library context of our own, for the legacy provider. */
static struct {
	pthread_mutex_t lock;
	bool tried;
	OSSL_LIB_CTX *context;
	OSSL_PROVIDER *provider;
} legacy = { .lock = PTHREAD_MUTEX_INITIALIZER };

static const struct cipher *const ciphers[] = { &cipher_aes128_cbc,
	&cipher_aes256_cbc, &cipher_3des_cbc, &cipher_rc4 };
static const struct digest *const digests[] = { &digest_sha1, &digest_sha224,
	&digest_sha256, &digest_sha384, &digest_sha512 };
/* Wanted below TLS 1.2 only, and not there in FIPS mode. */
static const struct digest *const old_digests[] = { &digest_md5,
	&digest_md5_sha1 };
static const struct aead *const aeads[] = { &aead_aes128_gcm, &aead_aes256_gcm,
	&aead_chacha20_poly1305 };

static void
scratch_free(void *thing)
{
	struct scratch *scratch = thing;

	if (scratch == NULL)
		return;
	for (size_t i = 0; i < DIGEST_COUNT; i++)
		EVP_MAC_CTX_free(scratch->hmac[i]);
	EVP_MD_CTX_free(scratch->md);
	for (size_t i = 0; i < SCRATCH_KEYGENS; i++)
		EVP_PKEY_CTX_free(scratch->keygen[i]);
	free(scratch);
}

struct scratch *
scratch_here(void)
{
	struct scratch *scratch = pthread_getspecific(scratch_key);

	if (scratch != NULL)
		return scratch;
	/* libc's: the thread may end after the library, or the application's
	 * allocator, has. */
	if ((scratch = calloc(1, sizeof *scratch)) == NULL ||
	    (scratch->md = EVP_MD_CTX_new()) == NULL ||
	    pthread_setspecific(scratch_key, scratch) != 0) {
		scratch_free(scratch);
		return NULL;
	}
	return scratch;
}

static void
release(void)
{
	for (size_t i = 0; i < DIGEST_COUNT; i++)
		EVP_MD_free(fetched.md[i]);
	for (size_t i = 0; i < AEAD_COUNT; i++)
		EVP_CIPHER_free(fetched.cipher[i]);
	EVP_MAC_free(fetched.hmac);
	for (size_t i = 0; i < CIPHER_COUNT; i++)
		EVP_CIPHER_free(fetched.block[i]);
	fetched = (struct fetched){ 0 };
	if (legacy.provider != NULL)
		OSSL_PROVIDER_unload(legacy.provider);
	OSSL_LIB_CTX_free(legacy.context);
	legacy.provider = NULL;
	legacy.context = NULL;
	legacy.tried = false;
}

/* A libcrypto without one of these cannot do TLS 1.3. */
static bool
fetch_all(void)
{
	for (size_t i = 0; i < COUNT(digests); i++)
		if ((fetched.md[digests[i]->id] =
			    EVP_MD_fetch(NULL, digests[i]->name, NULL)) == NULL)
			return false;
	ERR_set_mark();
	for (size_t i = 0; i < COUNT(old_digests); i++)
		fetched.md[old_digests[i]->id] =
		    EVP_MD_fetch(NULL, old_digests[i]->name, NULL);
	for (size_t i = 0; i < COUNT(ciphers); i++)
		if (!ciphers[i]->legacy)
			fetched.block[ciphers[i]->id] =
			    EVP_CIPHER_fetch(NULL, ciphers[i]->name, NULL);
	ERR_pop_to_mark();
	for (size_t i = 0; i < COUNT(aeads); i++)
		if ((fetched.cipher[aeads[i]->id] = EVP_CIPHER_fetch(
			 NULL, aeads[i]->name, NULL)) == NULL)
			return false;
	return (fetched.hmac = EVP_MAC_fetch(NULL, "HMAC", NULL)) != NULL;
}

int
library_init(void)
{
	if (!scratch_key_made &&
	    pthread_key_create(&scratch_key, scratch_free) != 0)
		return fail(ERR_NOMEM);
	scratch_key_made = true;
	if (!fetch_all()) {
		release();
		return fail(ERR_LIBCRYPTO);
	}
	group_probe();
	ready = true;
	return 0;
}

void
library_cleanup(void)
{
	/* Other threads' scratch goes with them; this one's goes now. */
	scratch_free(pthread_getspecific(scratch_key));
	pthread_setspecific(scratch_key, NULL);
	release();
	ready = false;
}

bool
library_ready(void)
{
	return ready;
}

static void
load_legacy(void)
{
	legacy.tried = true;
	ERR_set_mark();
	if ((legacy.context = OSSL_LIB_CTX_new()) != NULL &&
	    (legacy.provider = OSSL_PROVIDER_load(legacy.context, "legacy")) !=
		NULL)
		for (size_t i = 0; i < COUNT(ciphers); i++)
			if (ciphers[i]->legacy)
				fetched.block[ciphers[i]->id] =
				    EVP_CIPHER_fetch(
					legacy.context, ciphers[i]->name, NULL);
	ERR_pop_to_mark();
}

void
library_load_legacy(void)
{
	pthread_mutex_lock(&legacy.lock);
	if (!legacy.tried)
		load_legacy();
	pthread_mutex_unlock(&legacy.lock);
}

int
random_bytes(void *out, size_t len)
{
	return RAND_bytes_ex(NULL, out, len, 0) == 1 ? 0 : fail(ERR_RANDOM);
}

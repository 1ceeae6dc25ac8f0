/*
 * Everything once; the contract is in warm.h.
 */
#include "keyd/warm.h"

#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>

#include "keyd/decrypter.h"
#include "keyd/keyread.h"
#include "keyd/signer.h"
#include "keyd/tickets.h"

#define WARM_UP_BITS 2048

/* ---- operations ---- */

/* A ServerKeyExchange's parameters: x25519, or the point of an EC key. */
static size_t
warm_parameters(EVP_PKEY *key, uint16_t curve, uint8_t out[4 + 133])
{
	uint8_t *point = NULL;
	size_t len = EVP_PKEY_get1_encoded_public_key(key, &point);

	memset(out, 0, 4 + 133);
	if (len == 0 || len > 133) { /* RSA */
		curve = 29;
		len = 32;
	} else
		memcpy(out + 4, point, len);
	OPENSSL_free(point);
	ERR_clear_error();
	out[0] = 3;
	out[2] = (uint8_t)curve;
	out[3] = (uint8_t)len;
	return 4 + len;
}

static bool
warm_sign12(EVP_PKEY *key, uint16_t curve, uint16_t scheme)
{
	static const uint8_t random[KEYPROTO_RANDOM];
	uint8_t parameters[4 + 133], signature[KEYPROTO_SIGNATURE_MAX];
	size_t len = sizeof signature;
	const struct keyproto_sign sign = { .scheme = scheme,
		.client_random = slice_of(random, sizeof random),
		.server_random = slice_of(random, sizeof random),
		.parameters = slice_of(
		    parameters, warm_parameters(key, curve, parameters)) };

	return signer_sign(key, KEYPROTO_SERVER, KEYPROTO_SIGN12, &sign,
		   signature, &len) == KEYPROTO_OK;
}

static bool
warm_sign13(EVP_PKEY *key, uint16_t scheme)
{
	static const uint8_t transcript[32];
	const struct keyproto_sign sign = { .scheme = scheme,
		.hash = KEYPROTO_SHA256,
		.transcript = slice_of(transcript, sizeof transcript) };
	uint8_t signature[KEYPROTO_SIGNATURE_MAX];
	size_t len = sizeof signature;

	return signer_sign(key, KEYPROTO_SERVER, KEYPROTO_SIGN13, &sign,
		   signature, &len) == KEYPROTO_OK;
}

/* Of zeros. */
static bool
warm_digest(EVP_PKEY *key, uint16_t scheme, size_t size)
{
	static const uint8_t digest[64];
	const struct keyproto_sign sign = { .scheme = scheme,
		.digest = slice_of(digest, size) };
	uint8_t signature[KEYPROTO_SIGNATURE_MAX];
	size_t len = sizeof signature;

	return signer_sign(key, KEYPROTO_DIGEST, KEYPROTO_SIGNDIGEST, &sign,
		   signature, &len) == KEYPROTO_OK;
}

static bool
warm_premaster(EVP_PKEY *key)
{
	static const uint8_t ciphertext[WARM_UP_BITS / 8] = { 0, 1 };
	const struct keyproto_sign asked = { .ciphertext = slice_of(ciphertext,
						 sizeof ciphertext) };
	uint8_t premaster[KEYPROTO_PREMASTER_SIZE];

	return decrypter_premaster(key, &asked, premaster) == KEYPROTO_OK;
}

/* ---- key files ---- */

/* A passphrase like any other. */
#define PASSPHRASE "warm"
#define LEN ((int)sizeof PASSPHRASE - 1)

static bool
write_pkcs8(BIO *out, EVP_PKEY *key)
{
	return PEM_write_bio_PKCS8PrivateKey(out, key, EVP_aes_256_cbc(),
		   PASSPHRASE, LEN, NULL, NULL) == 1;
}

static bool
write_traditional(BIO *out, EVP_PKEY *key)
{
	static const unsigned char passphrase[] = PASSPHRASE;

	return PEM_write_bio_PrivateKey_traditional(out, key,
		   EVP_des_ede3_cbc(), passphrase, LEN, NULL, NULL) == 1;
}

static bool
write_pkcs12(BIO *out, EVP_PKEY *key)
{
	PKCS12 *file = PKCS12_create(PASSPHRASE, NULL, key, NULL, NULL,
	    NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 0, 1, 1, 0);
	bool done = file != NULL && i2d_PKCS12_bio(out, file) == 1;

	PKCS12_free(file);
	return done;
}

/* What a pipe holds is read like a file. -1: it was not to be had. */
static int
pipe_of(const void *bytes, long len)
{
	int ends[2];

	if (len <= 0 || pipe(ends) != 0)
		return -1;
	if (write(ends[1], bytes, (size_t)len) != len) {
		close(ends[0]);
		ends[0] = -1;
	}
	close(ends[1]);
	return ends[0];
}

static bool
warm_file(EVP_PKEY *key, bool (*encode)(BIO *, EVP_PKEY *))
{
	BIO *out = BIO_new(BIO_s_mem());
	struct keysource source = { -1, -1, -1 };
	EVP_PKEY *again = NULL;
	uint64_t expires;
	char *bytes = NULL;
	long len;
	bool sound = false;

	if (out != NULL && encode(out, key)) {
		len = BIO_get_mem_data(out, &bytes);
		source.key = pipe_of(bytes, len);
		source.passphrase = pipe_of(PASSPHRASE, LEN);
		sound = source.passphrase >= 0 &&
			keyread(&source, &again, &expires) == KEYPROTO_SERVED;
	}
	close(source.key);
	close(source.passphrase);
	EVP_PKEY_free(again);
	BIO_free(out);
	return sound;
}

static bool
warm_files(EVP_PKEY *key)
{
	return warm_file(key, write_pkcs8) &&
	       warm_file(key, write_traditional) &&
	       warm_file(key, write_pkcs12);
}

/* ---- all of it ---- */

bool
warm_keys(void)
{
	static const struct {
		const char *name; /* NULL: RSA */
		uint16_t curve, scheme13, scheme12, sha224, sha1;
		uint8_t hash; /* of scheme12 */
	} kinds[] = { { "P-256", 23, 0x0403, 0x0403, 0x0303, 0x0203, 32 },
		{ "P-384", 24, 0x0503, 0x0503, 0x0303, 0x0203, 48 },
		{ "P-521", 25, 0x0603, 0x0603, 0x0303, 0x0203, 64 },
		{ NULL, 0, 0x0804, 0x0401, 0x0301, 0xffff, 32 } };
	bool sound = true;
	EVP_PKEY *key;

	for (size_t i = 0; i < COUNT(kinds) && sound; i++) {
		key = kinds[i].name != NULL ? EVP_EC_gen(kinds[i].name)
					    : EVP_RSA_gen(WARM_UP_BITS);
		sound = key != NULL && warm_sign13(key, kinds[i].scheme13) &&
			warm_sign12(key, kinds[i].curve, kinds[i].scheme12) &&
			warm_digest(key, kinds[i].scheme12, kinds[i].hash) &&
			(kinds[i].name != NULL || warm_premaster(key)) &&
			warm_files(key);
		/* These a libcrypto may well refuse. */
		(void)(sound &&
		       warm_sign12(key, kinds[i].curve, kinds[i].sha224) &&
		       warm_sign12(key, kinds[i].curve, kinds[i].sha1));
		EVP_PKEY_free(key);
	}
	ERR_clear_error();
	return sound;
}

bool
warm_tickets(void)
{
	const struct keyproto_ticketroot any = { .rotate = 1, .lifetime = 1 };
	struct tickets *own = tickets_new();
	struct keyproto_ticketkeys made;
	bool sound = own != NULL &&
		     tickets_load(own, &any, -1, 1) == KEYPROTO_OK &&
		     tickets_keys(own, "", 0, 1, &made) == KEYPROTO_OK;

	tickets_free(own);
	return sound;
}

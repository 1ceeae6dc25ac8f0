/*
 * The secret parts of a private key; the contract is in needles.h.
 */
#include "tests/tools/needles.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#define LINE 64

static const struct {
	const char *param, *name;
} secrets[] = {
	{ OSSL_PKEY_PARAM_PRIV_KEY, "EC scalar" },
	{ OSSL_PKEY_PARAM_RSA_D, "RSA d" },
	{ OSSL_PKEY_PARAM_RSA_FACTOR1, "RSA p" },
	{ OSSL_PKEY_PARAM_RSA_FACTOR2, "RSA q" },
	{ OSSL_PKEY_PARAM_RSA_EXPONENT1, "RSA dp" },
	{ OSSL_PKEY_PARAM_RSA_EXPONENT2, "RSA dq" },
	{ OSSL_PKEY_PARAM_RSA_COEFFICIENT1, "RSA qinv" },
};

static void
add(struct needles *needles, const char *name, const char *order,
    const uint8_t *bytes, size_t len)
{
	struct needle *needle = &needles->needle[needles->count];

	if (len < NEEDLE_PART || len > sizeof needle->bytes ||
	    needles->count == NEEDLES_MAX) {
		fprintf(stderr, "memscan: %s of %zu bytes is beyond me\n", name,
		    len);
		exit(2);
	}
	snprintf(needle->what, sizeof needle->what, "%s, %s", name, order);
	memcpy(needle->bytes, bytes, len);
	needle->len = len;
	needles->count++;
}

/* libcrypto's numbers are limbs of eight bytes, lowest first: on this machine
 * the same as all bytes, lowest first. */
static void
add_number(struct needles *needles, const char *name, const BIGNUM *number)
{
	uint8_t bytes[1024], turned[1024];
	size_t len = (size_t)BN_num_bytes(number);

	if (len > sizeof bytes)
		exit(2);
	BN_bn2bin(number, bytes);
	for (size_t i = 0; i < len; i++)
		turned[i] = bytes[len - 1 - i];
	add(needles, name, "big-endian", bytes, len);
	add(needles, name, "little-endian limbs", turned, len);
}

/* The lines of base64 that encode nothing but bytes of this number. */
static void
add_lines(struct needles *needles, const char *name, const BIGNUM *number,
    struct slice der, const char *body)
{
	uint8_t bytes[1024];
	size_t len = (size_t)BN_bn2bin(number, bytes);
	const uint8_t *at = memmem(der.data, der.len, bytes, len);
	size_t from, to, end;

	if (at == NULL) {
		fprintf(stderr, "memscan: %s is not in the file\n", name);
		exit(2);
	}
	from = ((size_t)(at - der.data) + 2) / 3 * 4;
	to = ((size_t)(at - der.data) + len) / 3 * 4;
	for (; from < to; from = end) {
		end = (from / LINE + 1) * LINE < to ? (from / LINE + 1) * LINE
						    : to;
		if (end - from >= NEEDLE_PART)
			add(needles, name, "base64",
			    (const uint8_t *)body + from, end - from);
	}
}

/* The file's text between the dashes without its line ends; to be freed. */
static char *
read_body(FILE *file)
{
	char *body = calloc(1, 64 * 1024), line[256];
	bool inside = false;
	size_t len = 0;

	while (body != NULL && fgets(line, sizeof line, file) != NULL) {
		if (strncmp(line, "-----END", 8) == 0 && inside)
			return body;
		line[strcspn(line, "\r\n")] = '\0';
		if (inside && len + strlen(line) < 64 * 1024 - 1) {
			strcpy(body + len, line);
			len += strlen(line);
		}
		if (strncmp(line, "-----BEGIN", 10) == 0 &&
		    strstr(line, "PRIVATE KEY") != NULL)
			inside = true;
	}
	free(body);
	return NULL;
}

/* A number, too, but for libcrypto, which keeps bytes. */
static BIGNUM *
ed25519_seed(EVP_PKEY *key)
{
	uint8_t seed[32];
	size_t len = sizeof seed;

	return EVP_PKEY_is_a(key, "ED25519") &&
		       EVP_PKEY_get_raw_private_key(key, seed, &len) == 1
		   ? BN_bin2bn(seed, (int)len, NULL)
		   : NULL;
}

/* What RFC 8032 5.1.5 makes of it is as good: the scalar, before and after bits
 * of it are set, and what nonces are made of. */
static void
add_expanded(struct needles *needles, const BIGNUM *seed)
{
	uint8_t bytes[32], expanded[64];

	if (BN_bn2binpad(seed, bytes, sizeof bytes) != sizeof bytes ||
	    EVP_Q_digest(
		NULL, "SHA512", NULL, bytes, sizeof bytes, expanded, NULL) != 1)
		exit(2);
	/* The bits are set in the first and the last byte. */
	add(needles, "Ed25519 scalar", "as it is signed with", expanded + 1,
	    30);
	add(needles, "Ed25519 prefix", "as it is hashed", expanded + 32, 32);
}

static bool
add_all(
    struct needles *needles, EVP_PKEY *key, struct slice der, const char *body)
{
	BIGNUM *number = ed25519_seed(key);

	if (number != NULL) {
		add_number(needles, "Ed25519 seed", number);
		add_lines(needles, "Ed25519 seed", number, der, body);
		add_expanded(needles, number);
		BN_clear_free(number);
	}

	for (size_t i = 0; i < COUNT(secrets); i++) {
		number = NULL;
		if (EVP_PKEY_get_bn_param(key, secrets[i].param, &number) != 1)
			continue;
		add_number(needles, secrets[i].name, number);
		add_lines(needles, secrets[i].name, number, der, body);
		BN_clear_free(number);
	}
	return needles->count > 0;
}

bool
needles_read(const char *path, struct needles *needles)
{
	FILE *file = fopen(path, "r");
	EVP_PKEY *key = NULL;
	char *body = NULL;
	uint8_t *der = NULL;
	int len = 0;
	bool done = false;

	needles->count = 0;
	if (file != NULL &&
	    (key = PEM_read_PrivateKey(file, NULL, NULL, NULL)) != NULL) {
		rewind(file);
		body = read_body(file);
	}
	if (body != NULL && (der = malloc(strlen(body) + 4)) != NULL)
		len = EVP_DecodeBlock(
		    der, (const uint8_t *)body, (int)strlen(body));
	if (len > 0)
		done = add_all(needles, key, slice_of(der, (size_t)len), body);
	if (!done)
		fprintf(stderr, "memscan: %s: no private key\n", path);
	free(der);
	free(body);
	EVP_PKEY_free(key);
	if (file != NULL)
		fclose(file);
	return done;
}

bool
needles_read_raw(const char *path, struct needles *needles)
{
	FILE *file = fopen(path, "r");
	uint8_t bytes[1025];
	size_t len = file != NULL ? fread(bytes, 1, sizeof bytes, file) : 0;

	needles->count = 0;
	if (file != NULL)
		fclose(file);
	if (len == 0) {
		fprintf(stderr, "memscan: %s: nothing to look for\n", path);
		return false;
	}
	add(needles, "the file", "as it is", bytes, len);
	return true;
}

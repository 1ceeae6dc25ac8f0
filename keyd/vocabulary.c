/*
 * Words and numbers; the contract is in vocabulary.h.
 */
#include "keyd/vocabulary.h"

#include <stdio.h>

struct word {
	uint16_t number;
	const char *word;
	bool operation; /* a key is given it by this word */
};

static const struct word types[] = { { KEYPROTO_SIGN13, "sign13", true },
	{ KEYPROTO_SIGN12, "sign12", true },
	{ KEYPROTO_SIGN10, "sign10", true },
	{ KEYPROTO_PREMASTER, "premaster", true },
	{ KEYPROTO_SIGNDIGEST, "signdigest", false },
	{ KEYPROTO_SIGN12CV, "sign12cv", false },
	{ KEYPROTO_HELLO, "hello", false }, { KEYPROTO_KEYS, "keys", false },
	{ KEYPROTO_TICKETKEYS, "ticketkeys", false },
	{ KEYPROTO_CANCEL, "cancel", false }, { KEYPROTO_PING, "ping", false },
	{ KEYPROTO_STATS, "stats", false } };

static const struct word algorithms[] = { { KEYPROTO_RSA, "RSA", false },
	{ KEYPROTO_RSA_PSS, "RSA-PSS", false }, { KEYPROTO_EC, "EC", false },
	{ KEYPROTO_ED25519, "Ed25519", false } };

static const struct word schemes[] = { { 0, "", false },
	{ 0x0403, "ecdsa_secp256r1_sha256", false },
	{ 0x0503, "ecdsa_secp384r1_sha384", false },
	{ 0x0603, "ecdsa_secp521r1_sha512", false },
	{ 0x0303, "ecdsa_sha224", false }, { 0x0203, "ecdsa_sha1", false },
	{ 0x0804, "rsa_pss_rsae_sha256", false },
	{ 0x0805, "rsa_pss_rsae_sha384", false },
	{ 0x0806, "rsa_pss_rsae_sha512", false },
	{ 0x0809, "rsa_pss_pss_sha256", false },
	{ 0x080a, "rsa_pss_pss_sha384", false },
	{ 0x080b, "rsa_pss_pss_sha512", false }, { 0x0807, "ed25519", false },
	{ 0x0401, "rsa_pkcs1_sha256", false },
	{ 0x0501, "rsa_pkcs1_sha384", false },
	{ 0x0601, "rsa_pkcs1_sha512", false },
	{ 0x0301, "rsa_pkcs1_sha224", false },
	{ 0x0201, "rsa_pkcs1_sha1", false },
	{ 0xffff, "rsa_pkcs1_md5_sha1", false } };

static const char *
find(const struct word *words, size_t count, uint16_t number)
{
	for (size_t i = 0; i < count; i++)
		if (words[i].number == number)
			return words[i].word;
	return "unknown";
}

const char *
vocabulary_type(uint16_t type)
{
	return find(types, COUNT(types), type);
}

const char *
vocabulary_algorithm(uint16_t algorithm)
{
	return find(algorithms, COUNT(algorithms), algorithm);
}

const char *
vocabulary_scheme(uint16_t scheme)
{
	return find(schemes, COUNT(schemes), scheme);
}

const char *
vocabulary_role(uint32_t role)
{
	return role == KEYPROTO_SERVER   ? "server"
	       : role == KEYPROTO_CLIENT ? "client"
					 : "digest";
}

uint16_t
vocabulary_operation(const char *word)
{
	for (size_t i = 0; i < COUNT(types); i++)
		if (types[i].operation && strcmp(types[i].word, word) == 0)
			return types[i].number;
	return 0;
}

char *
vocabulary_operations(uint32_t bits, char out[VOCABULARY_OPERATIONS_MAX])
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < COUNT(types); i++)
		if ((types[i].operation ||
			types[i].number == KEYPROTO_SIGNDIGEST) &&
		    (bits & keyproto_operation(types[i].number)) != 0)
			len += (size_t)snprintf(out + len,
			    VOCABULARY_OPERATIONS_MAX - len, "%s%s",
			    len > 0 ? " " : "", types[i].word);
	return out;
}

/*
 * The tests' security policy; the contract is in shim_preference.h.
 */
#include "tests/bogo/shim_preference.h"

#include <string.h>

#include "libtls/crypto/group.h"
#include "libtls/registry/iana.h"
#include "libtls/registry/version.h"
#include "libtls/s2n.h"

/* Those that the runner expects of a peer that is told nothing. */
static const uint16_t default_suites[] = {
	TLS_AES_128_GCM_SHA256,
	TLS_AES_256_GCM_SHA384,
	TLS_CHACHA20_POLY1305_SHA256,
	TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
	TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
	TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
	TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
	TLS_RSA_WITH_AES_128_GCM_SHA256,
	TLS_RSA_WITH_AES_256_GCM_SHA384,
	TLS_RSA_WITH_AES_128_CBC_SHA,
	TLS_RSA_WITH_AES_256_CBC_SHA,
	TLS_RSA_WITH_3DES_EDE_CBC_SHA,
};

static const uint16_t default_groups[] = {
	GROUP_X25519,
	GROUP_SECP256R1,
	GROUP_SECP384R1,
};

/* What a peer may sign with. */
static const uint16_t default_verifying[] = {
	SCHEME_ECDSA_SHA256,
	SCHEME_RSA_PSS_RSAE_SHA256,
	SCHEME_RSA_PKCS1_SHA256,
	SCHEME_ECDSA_SHA384,
	SCHEME_RSA_PSS_RSAE_SHA384,
	SCHEME_RSA_PKCS1_SHA384,
	SCHEME_RSA_PSS_RSAE_SHA512,
	SCHEME_RSA_PKCS1_SHA512,
	SCHEME_RSA_PKCS1_SHA1,
};

/* What we may sign with. */
static const uint16_t default_signing[] = {
	SCHEME_ED25519,
	SCHEME_ECDSA_SHA256,
	SCHEME_RSA_PSS_RSAE_SHA256,
	SCHEME_RSA_PKCS1_SHA256,
	SCHEME_ECDSA_SHA384,
	SCHEME_RSA_PSS_RSAE_SHA384,
	SCHEME_RSA_PKCS1_SHA384,
	SCHEME_ECDSA_SHA512,
	SCHEME_RSA_PSS_RSAE_SHA512,
	SCHEME_RSA_PKCS1_SHA512,
	SCHEME_ECDSA_SHA1,
	SCHEME_RSA_PKCS1_SHA1,
};

#define LIST(name)                                                             \
	(struct number_list)                                                   \
	{                                                                      \
		name, COUNT(name)                                              \
	}

/* The signals in a cipher list are none of the policy's. */
static struct number_list
suites_of(const struct options *options)
{
	if (options->ciphers != NULL)
		unimplemented("cipher lists");
	return LIST(default_suites);
}

/* Groups that the library has not at all are left out: it does not say so. */
static struct number_list
groups_of(const struct options *options, uint16_t *room)
{
	size_t count = 0;

	if (options->curves.count == 0)
		return LIST(default_groups);
	for (size_t i = 0; i < options->curves.count; i++)
		if (group_find(options->curves.at[i]) != NULL)
			room[count++] = options->curves.at[i];
	if (count == 0)
		unimplemented("none of these groups");
	return (struct number_list){ room, count };
}

static void
append(uint16_t *room, size_t *count, struct number_list list)
{
	for (size_t i = 0; i < list.count && *count < 2 * NUMBERS_MAX; i++) {
		if (scheme_find(list.numbers[i]) == NULL)
			unimplemented("a signature scheme");
		room[(*count)++] = list.numbers[i];
	}
}

static struct number_list
chosen_or(const struct numbers *chosen, struct number_list otherwise)
{
	if (chosen->count == 0)
		return otherwise;
	return (struct number_list){ chosen->at, chosen->count };
}

/*
 * The policy has one list for both directions. A server that asks for no
 * certificate only signs, a client without one only verifies; who does both is
 * given both, first what the flags name.
 */
static struct number_list
schemes_of(const struct options *options, uint16_t *room)
{
	struct number_list signing =
	    chosen_or(&options->signing, LIST(default_signing));
	struct number_list verifying =
	    chosen_or(&options->verifying, LIST(default_verifying));
	bool signs = options->cert_file != NULL;
	bool verifies = !options->server || options->verify_peer ||
			options->require_certificate;
	size_t count = 0;

	if (options->signing.count > 0 && options->verifying.count > 0)
		unimplemented("two lists of schemes");
	if (verifies && (!signs || options->verifying.count > 0))
		append(room, &count, verifying);
	if (signs && (!verifies || options->signing.count > 0))
		append(room, &count, signing);
	if (signs && verifies && options->signing.count == 0 &&
	    (options->verifying.count > 0 || !options->server))
		append(room, &count, signing);
	if (signs && verifies && options->verifying.count == 0)
		append(room, &count, verifying);
	return (struct number_list){ room, count };
}

static uint8_t
bound(long number)
{
	if (number < 0x0301 || number > 0x0304)
		unimplemented("a version");
	return version_of_wire((uint16_t)number);
}

/* A policy has a range of versions. */
static void
restrict_versions(const struct options *options, struct preference *preference)
{
	const bool off[] = { options->no_tls10, options->no_tls11,
		options->no_tls12, options->no_tls13 };
	uint8_t least = options->least_version == 0
			    ? S2N_TLS10
			    : bound(options->least_version);
	uint8_t most = options->most_version == 0
			   ? S2N_TLS13
			   : bound(options->most_version);

	while (least <= most && off[least - S2N_TLS10])
		least++;
	while (most >= least && off[most - S2N_TLS10])
		most--;
	if (least > most)
		unimplemented("no version at all");
	for (uint8_t version = least; version <= most; version++)
		if (off[version - S2N_TLS10])
			unimplemented("a gap in the versions");
	preference->min_version = least;
	preference->max_version = most;
}

const struct preference *
preference_of(const struct options *options)
{
	static uint16_t groups[NUMBERS_MAX], schemes[2 * NUMBERS_MAX];
	static struct preference preference;

	preference = (struct preference){
		.name = "runner",
		.suites = suites_of(options),
		.schemes = schemes_of(options, schemes),
		.groups = groups_of(options, groups),
		.boosts_chacha20 = true,
	};
	restrict_versions(options, &preference);
	return &preference;
}

/*
 * TLS security policies, by name: const tables of suites, groups and signature
 * schemes in order of preference. Called preferences here, since "policy" is
 * what confines processes.
 */
#ifndef LIBTLS_REGISTRY_PREFERENCE_H
#define LIBTLS_REGISTRY_PREFERENCE_H

#include "libtls/core/errors.h"
#include "libtls/registry/suite.h"

struct group;
struct scheme;

/* IANA numbers, shared between policies. */
struct number_list {
	const uint16_t *numbers;
	size_t count;
};

/* What every suite of the policy keeps. */
enum rule { RULE_PFS = 1, RULE_FIPS = 2 };

struct preference {
	const char *name;
	uint8_t min_version; /* S2N_TLS12 ... */
	struct number_list suites;
	struct number_list schemes;             /* handshake signatures */
	struct number_list certificate_schemes; /* in chains; empty: any */
	struct number_list groups;              /* hybrid first, then ECDHE */
	struct number_list retry_groups;        /* worth a HelloRetryRequest */
	unsigned rules;                         /* enum rule, or'ed */
	bool boosts_chacha20; /* if it is the client's favourite */
	uint8_t max_version;  /* 0: the highest that the suites allow */
};

/* ERR_UNKNOWN_POLICY, ERR_DEPRECATED_POLICY; the name without regard to case.
 */
must_check int preference_find(const char *name, const struct preference **);
extern const struct preference *const preference_default;

/* A kind of key that a certificate may have: libcrypto's name of it, and what
 * is not NULL or 0. A list ends with a type of NULL. */
struct certificate_key {
	const char *type, *group;
	int bits;
};
/* Those of the policy's certificates, our own among them; NULL: any, and our
 * own chains are not looked at. */
const struct certificate_key *preference_key_kinds(const struct preference *);

/* All selectable policies, in the table's order. */
size_t preference_count(void);
const struct preference *preference_at(size_t index);
/* Whether a suite of it, that libcrypto has, exchanges keys so. */
bool preference_has_exchange(const struct preference *, enum key_exchange);
/*
 * Whether libcrypto has a group of it, where it has groups, and all of those
 * that it prefers strongly. Other groups may be lacking: they are not offered.
 */
bool preference_usable(const struct preference *);
/* Whether a suite of it needs libcrypto's legacy provider. */
bool preference_wants_legacy(const struct preference *);
/* The highest version that it allows. */
uint8_t preference_most_version(const struct preference *);
/* Whether a group is worth a retry though there is a share for another. */
bool preference_retries_for(const struct preference *, uint16_t group);

/* What policy, library and libcrypto all have; NULL otherwise. */
const struct suite *preference_suite(
    const struct preference *, uint16_t number);
const struct group *preference_group(
    const struct preference *, uint16_t number);
/* The same for ECDHE below TLS 1.3, which has no hybrids. */
const struct group *preference_curve(
    const struct preference *, uint16_t number);
const struct scheme *preference_scheme(
    const struct preference *, uint16_t number);

#endif

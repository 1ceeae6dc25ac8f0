/*
 * What a server chooses below TLS 1.3, where the suite decides on everything
 * else: key exchange, kind of certificate, curve; the contract is in choose.h.
 */
#include "libtls/handshake/choose.h"

#include "libtls/registry/iana.h"

/* RFC 5246 7.4.1.4.1: what a client that names no scheme takes. */
static bool
taken(const struct offer *offer, const struct scheme *scheme)
{
	if (offer->has_schemes)
		return choose_offered(offer->schemes, scheme->number);
	return scheme->number == SCHEME_RSA_PKCS1_SHA1 ||
	       scheme->number == SCHEME_ECDSA_SHA1;
}

/* A client's certificate: of a type that the server named. */
static bool
type_asked(const struct s2n_connection *conn, enum key_kind kind)
{
	struct slice types = conn->hs->offer.certificate_types;

	/* RFC 8422 5.5: ecdsa_sign stands for EdDSA, too. */
	bool curve = kind == KEY_ECDSA || kind == KEY_ED25519;

	return is_server(conn) ||
	       memchr(types.data,
		   curve ? CERTIFICATE_TYPE_ECDSA : CERTIFICATE_TYPE_RSA,
		   types.len) != NULL;
}

/* RFC 8422 5.1.1: the key's curve is one that the client can do. */
static bool
curve_taken(const struct s2n_connection *conn, const EVP_PKEY *key)
{
	const struct offer *offer = &conn->hs->offer;

	return !is_server(conn) || !offer->has_groups ||
	       choose_offered(offer->groups, group_of_key(key));
}

static struct s2n_cert_chain_and_key *
usable_chain(const struct s2n_connection *conn, const struct suite *suite,
    enum key_kind kind)
{
	struct s2n_cert_chain_and_key *chain = conn->hs->choice.chain[kind];

	if (chain == NULL || !type_asked(conn, kind) ||
	    (suite != NULL && !suite_takes(suite, kind)) ||
	    (kind == KEY_ECDSA && !curve_taken(conn, chain->public_key)))
		return NULL;
	return chain;
}

/* TLS 1.1 and older: the kind of key says it all. */
static bool
choose_old_scheme(struct s2n_connection *conn, const struct suite *suite)
{
	static const enum key_kind kinds[] = { KEY_ECDSA, KEY_RSA };
	struct s2n_cert_chain_and_key *chain;

	for (size_t i = 0; i < COUNT(kinds); i++) {
		chain = usable_chain(conn, suite, kinds[i]);
		if (chain == NULL)
			continue;
		choose_signer(conn, chain, scheme_before_tls12(kinds[i]));
		return true;
	}
	return false;
}

bool
choose12_scheme(struct s2n_connection *conn, const struct suite *suite)
{
	const struct preference *preference = connection_preference(conn);
	struct s2n_cert_chain_and_key *chain;
	const struct scheme *scheme;

	if (conn->version < S2N_TLS12)
		return choose_old_scheme(conn, suite);
	for (size_t i = 0; i < preference->schemes.count; i++) {
		scheme = preference_scheme(
		    preference, preference->schemes.numbers[i]);
		if (scheme == NULL || !taken(&conn->hs->offer, scheme))
			continue;
		chain = usable_chain(conn, suite, scheme->key);
		if (chain == NULL ||
		    !scheme_fits(scheme, chain->public_key, conn->version))
			continue;
		choose_signer(conn, chain, scheme);
		return true;
	}
	return false;
}

/* The first curve in common; a client that names none takes any. */
static const struct group *
find_curve(const struct s2n_connection *conn)
{
	const struct preference *preference = connection_preference(conn);
	const struct offer *offer = &conn->hs->offer;
	const struct group *group;

	for (size_t i = 0; i < preference->groups.count; i++) {
		group =
		    preference_curve(preference, preference->groups.numbers[i]);
		if (group != NULL &&
		    (!offer->has_groups ||
			choose_offered(offer->groups, group->number)))
			return group;
	}
	return NULL;
}

/* Whether all is there that the suite needs; chooses it if so. */
static bool
suite_works(struct s2n_connection *conn, const struct suite *suite)
{
	struct handshake *hs = conn->hs;
	const struct group *curve;

	switch (suite->key_exchange) {
	case KX_RSA:
		hs->chain = usable_chain(conn, suite, KEY_RSA);
		conn->own_chain = hs->chain;
		return hs->chain != NULL;
	case KX_DHE:
		return conn->config->dh != NULL && choose12_scheme(conn, suite);
	case KX_ECDHE:
		curve = find_curve(conn);
		if (curve == NULL || !choose12_scheme(conn, suite))
			return false;
		conn->group = curve;
		return true;
	case KX_TLS13:
		break;
	}
	return false;
}

/* The first of ours that works; only those with ChaCha20, or all. */
static bool
find_suite(struct s2n_connection *conn, const struct hello *hello,
    bool (*wanted)(uint16_t number))
{
	const struct preference *preference = connection_preference(conn);
	const struct suite *suite;
	uint16_t number;

	for (size_t i = 0; i < preference->suites.count; i++) {
		number = preference->suites.numbers[i];
		if ((wanted != NULL && !wanted(number)) ||
		    !choose_offered(hello->suites, number))
			continue;
		suite = preference_suite(preference, number);
		if (suite == NULL || !suite_fits(suite, conn->version) ||
		    !suite_works(conn, suite))
			continue;
		conn->suite = suite;
		return true;
	}
	return false;
}

/* The server's order decides, but for a client that is better at ChaCha20. */
int
choose12_parameters(struct s2n_connection *conn, const struct hello *hello)
{
	if (choose_boosts_chacha20(conn, hello) &&
	    find_suite(conn, hello, choose_is_chacha20))
		return 0;
	return find_suite(conn, hello, NULL) ? 0 : fail(ERR_NO_COMMON_SUITE);
}

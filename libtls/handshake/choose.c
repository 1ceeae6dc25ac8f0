/*
 * What is agreed on; the contract is in choose.h.
 */
#include "libtls/handshake/choose.h"

#include "libtls/core/memory.h"
#include "libtls/extension/extension.h"
#include "libtls/handshake/early.h"
#include "libtls/handshake/request_callback.h"
#include "libtls/handshake/resume.h"
#include "libtls/registry/iana.h"

bool
choose_offered(struct slice list, uint16_t wanted)
{
	struct reader in = reader_of(list);

	while (reader_more(&in))
		if (reader_u16(&in) == wanted)
			return true;
	return false;
}

/*
 * The highest version in common, 0 for none. RFC 8446 4.2.1: with the extension
 * only a version of its list; without, TLS 1.2 or what legacy_version names.
 */
static uint8_t
common_version(const struct s2n_connection *conn, const struct hello *hello)
{
	const struct offer *offer = &conn->hs->offer;
	uint8_t least = connection_least_version(conn);
	uint8_t version = connection_most_version(conn);

	for (; version >= least; version--) {
		if (offer->has_versions) {
			if (choose_offered(
				offer->versions, version_wire(version)))
				return version;
		} else if (version < S2N_TLS13 &&
			   version_wire(version) <= hello->legacy_version) {
			return version;
		}
	}
	return 0;
}

/* The highest that the client speaks, as far as we know of it. */
static uint8_t
highest_version(const struct offer *offer, const struct hello *hello)
{
	uint8_t version = S2N_TLS13;

	if (!offer->has_versions)
		return hello->legacy_version > WIRE_TLS12
			   ? S2N_TLS12
			   : version_of_wire(hello->legacy_version);
	while (version > S2N_SSLv3 &&
	       !choose_offered(offer->versions, version_wire(version)))
		version--;
	return version;
}

static int
choose_version(struct s2n_connection *conn, const struct hello *hello)
{
	struct handshake *hs = conn->hs;
	uint8_t version = common_version(conn, hello);

	conn->client_version = highest_version(&hs->offer, hello);
	if (version == 0)
		return fail(ERR_VERSION);
	/* A retry was for TLS 1.3 (RFC 8446 4.1.4). */
	if (hs->retry && version < S2N_TLS13)
		return fail(ERR_ILLEGAL_PARAMETER);
	conn->version = version;
	/* Alerts that are due from here on have it. */
	conn->records.out.version =
	    version >= S2N_TLS13 ? WIRE_TLS12 : version_wire(version);
	/* RFC 7507 3: a client that could do better fell back. */
	if (version < connection_most_version(conn) &&
	    choose_offered(hello->suites, TLS_FALLBACK_SCSV))
		return fail(ERR_FALLBACK_DETECTED);
	return 0;
}

/* What TLS 1.3 demands of a ClientHello, and what all others do. */
static int
judge_hello(const struct s2n_connection *conn, const struct hello *hello)
{
	const struct offer *offer = &conn->hs->offer;

	/* RFC 5246 7.4.1.2: null compression "MUST be included" */
	if (memchr(hello->compression.data, 0, hello->compression.len) == NULL)
		return fail(ERR_ILLEGAL_PARAMETER);
	if (conn->version < S2N_TLS13)
		return 0;
	/* RFC 8446 4.1.2: "exactly one byte, set to zero" */
	if (hello->compression.len != 1)
		return fail(ERR_ILLEGAL_PARAMETER);
	/* RFC 9001 8.4: the compatibility mode of RFC 8446 D.4 is an error, and
	 * 8.2: so is a client that tells no transport parameters. */
	if (conn->quic.on && hello->session_id.len > 0)
		return fail(ERR_ILLEGAL_PARAMETER);
	if (conn->quic.on && conn->quic.peer == NULL)
		return fail(ERR_MISSING_EXTENSION);
	/* 4.2.9: and what a pre_shared_key "MUST" come with. */
	if (offer->has_psks && !offer->has_psk_modes)
		return fail(ERR_MISSING_EXTENSION);
	/* 9.2: with a pre_shared_key that we do not take, too, these are
	 * mandatory: there is no mode of use without key shares. */
	if (!offer->has_groups || !offer->has_key_shares ||
	    (!offer->has_schemes && !offer->has_psks))
		return fail(ERR_MISSING_EXTENSION);
	return 0;
}

bool
choose_is_chacha20(uint16_t number)
{
	const struct suite *suite = suite_find(number);

	return suite != NULL && suite->aead == &aead_chacha20_poly1305;
}

bool
choose_boosts_chacha20(
    const struct s2n_connection *conn, const struct hello *hello)
{
	struct reader suites = reader_of(hello->suites);

	return connection_preference(conn)->boosts_chacha20 &&
	       choose_is_chacha20(reader_u16(&suites));
}

/* The first of ours; only those with ChaCha20, or all. */
static bool
find_suite(struct s2n_connection *conn, const struct hello *hello,
    bool (*wanted)(uint16_t number))
{
	const struct preference *preference = connection_preference(conn);
	const struct suite *suite;

	for (size_t i = 0; i < preference->suites.count; i++) {
		suite =
		    preference_suite(preference, preference->suites.numbers[i]);
		if (suite == NULL || !suite_fits(suite, conn->version) ||
		    /* RFC 8446 4.1.4: a retry has told the suite */
		    (conn->hs->retry &&
			suite->number != conn->hs->retry_suite) ||
		    /* 4.2.11: "compatible with" the key's hash */
		    (conn->psk != NULL && suite->digest != conn->psk->digest) ||
		    (wanted != NULL && !wanted(suite->number)) ||
		    !choose_offered(hello->suites, suite->number))
			continue;
		conn->suite = suite;
		return true;
	}
	return false;
}

/* The server's order decides, but for a client that is better at ChaCha20. */
bool
choose_suite(struct s2n_connection *conn, const struct hello *hello)
{
	if (choose_boosts_chacha20(conn, hello) &&
	    find_suite(conn, hello, choose_is_chacha20))
		return true;
	return find_suite(conn, hello, NULL);
}

/* The client's share for a group; false when there is none. */
static bool
find_share(struct slice shares, uint16_t group, struct slice *share)
{
	struct reader in = reader_of(shares);

	while (reader_more(&in)) {
		uint16_t number = reader_u16(&in);

		*share = reader_vec16(&in);
		if (number == group)
			return true;
	}
	return false;
}

/*
 * RFC 8446 4.2.8: shares in the order of, and only for, the groups offered,
 * none twice: "servers MAY check for violations of these rules and abort".
 */
static int
check_shares(const struct offer *offer)
{
	struct reader shares = reader_of(offer->key_shares);
	struct reader groups = reader_of(offer->groups);
	uint16_t share;
	bool offered;

	while (reader_more(&shares)) {
		share = reader_u16(&shares);
		if (reader_vec16(&shares).len == 0)
			return fail(ERR_DECODE);
		for (offered = false; !offered && reader_more(&groups);)
			offered = reader_u16(&groups) == share;
		if (!offered)
			return fail(ERR_ILLEGAL_PARAMETER);
	}
	return reader_done(&shares) ? 0 : fail(ERR_DECODE);
}

/*
 * The first group of ours that the client has a share for; without one, or with
 * one only for less than the policy strongly prefers, the first in common, to
 * be asked for by a HelloRetryRequest.
 */
static int
choose_group(struct s2n_connection *conn, struct slice *share)
{
	const struct preference *preference = connection_preference(conn);
	const struct offer *offer = &conn->hs->offer;
	const struct group *common = NULL, *group;
	int r;

	if ((r = check_shares(offer)) != 0)
		return r;
	for (size_t i = 0; i < preference->groups.count; i++) {
		group =
		    preference_group(preference, preference->groups.numbers[i]);
		if (group == NULL ||
		    !choose_offered(offer->groups, group->number))
			continue;
		if (find_share(offer->key_shares, group->number, share)) {
			conn->group = group;
			return 0;
		}
		if (common == NULL)
			common = group;
		if (preference_retries_for(preference, group->number))
			break;
	}
	if (common == NULL)
		return fail(ERR_NO_COMMON_GROUP);
	conn->group = common;
	*share = NO_BYTES;
	return 0;
}

/* RFC 8446 4.1.2: after a retry, exactly one share, of the group asked for. */
static int
judge_retry(struct s2n_connection *conn, struct slice share)
{
	struct handshake *hs = conn->hs;
	struct reader shares = reader_of(hs->offer.key_shares);

	if (!hs->retry) {
		hs->retry = conn->retried = share.len == 0;
		hs->retry_group = hs->retry ? conn->group->number : 0;
		hs->retry_suite = conn->suite->number;
		hs->retry_psk = hs->retry && conn->psk != NULL;
		return 0;
	}
	if (reader_u16(&shares) != hs->retry_group)
		return fail(ERR_ILLEGAL_PARAMETER);
	reader_vec16(&shares);
	if (!reader_done(&shares))
		return fail(ERR_ILLEGAL_PARAMETER);
	conn->group =
	    preference_group(connection_preference(conn), hs->retry_group);
	return 0;
}

void
choose_signer(struct s2n_connection *conn, struct s2n_cert_chain_and_key *chain,
    const struct scheme *scheme)
{
	conn->hs->scheme = scheme;
	conn->hs->chain = conn->own_chain = chain;
	if (is_server(conn))
		conn->server_scheme = scheme;
	else
		conn->client_scheme = scheme;
}

/* The first scheme of ours that the peer takes and a chain of ours can do. */
static int
choose_scheme(struct s2n_connection *conn)
{
	const struct preference *preference = connection_preference(conn);
	struct handshake *hs = conn->hs;
	struct s2n_cert_chain_and_key *chain;
	const struct scheme *scheme;

	for (size_t i = 0; i < preference->schemes.count; i++) {
		scheme = preference_scheme(
		    preference, preference->schemes.numbers[i]);
		if (scheme == NULL ||
		    !choose_offered(hs->offer.schemes, scheme->number))
			continue;
		chain = hs->choice.chain[scheme->key];
		if (chain == NULL ||
		    !scheme_fits(scheme, chain->public_key, conn->version))
			continue;
		choose_signer(conn, chain, scheme);
		return 0;
	}
	return fail(ERR_NO_COMMON_SCHEME);
}

/* The chains that serve the name; which of them is for later. */
static int
find_certificates(struct s2n_connection *conn)
{
	struct handshake *hs = conn->hs;

	if (cert_store_count(conn->config->certs) == 0)
		return fail(
		    hs->offer.has_psks ? ERR_NO_PSK_FOUND : ERR_NO_CERT_FOUND);
	cert_store_choose(
	    conn->config->certs, hs->offer.server_name, &hs->choice);
	conn->cert_match = hs->choice.match;
	return 0;
}

int
choose_client_certificate(struct s2n_connection *conn)
{
	struct handshake *hs = conn->hs;
	bool found;
	int r;

	cert_store_choose(conn->config->certs, NO_BYTES, &hs->choice);
	if ((r = request_callback_run(conn)) != 0)
		return r;
	found = conn->version < S2N_TLS13 ? choose12_scheme(conn, NULL)
					  : choose_scheme(conn) == 0;
	return hs->request.chain != NULL && !found ? fail(ERR_NO_COMMON_SCHEME)
						   : 0;
}

/*
 * RFC 7301 3.2, the server's order. Without overlap the handshake goes on, as
 * the guide's library does: the application sees that nothing was agreed on.
 * Of QUIC this "MUST" be the end (RFC 9001 8.1), for who uses ALPN.
 */
static int
choose_protocol(struct s2n_connection *conn)
{
	const struct protocol_list *ours = connection_protocols(conn);
	struct reader mine = reader_of(slice_of(ours->data, ours->len));
	struct reader theirs;
	struct slice wanted;

	memory_free(conn->protocol);
	conn->protocol = NULL;
	while (reader_more(&mine)) {
		wanted = reader_vec8(&mine);
		theirs = reader_of(conn->hs->offer.protocols);
		while (reader_more(&theirs)) {
			if (!slice_equal(reader_vec8(&theirs), wanted))
				continue;
			conn->protocol = memory_copy(wanted);
			return conn->protocol != NULL ? 0 : fail(memory_lack());
		}
	}
	return conn->quic.on && ours->len > 0
		   ? fail(ERR_NO_APPLICATION_PROTOCOL)
		   : 0;
}

int
choose_name(struct s2n_connection *conn)
{
	struct slice name = conn->hs->offer.server_name;

	if (name.len == 0 || conn->server_name != NULL)
		return 0;
	conn->server_name = memory_copy(name);
	if (conn->server_name == NULL)
		return fail(memory_lack());
	conn->hs->acknowledge_name = true;
	return 0;
}

static int
choose13_parameters(struct s2n_connection *conn, const struct hello *hello)
{
	struct exchange *exchange = &conn->hs->exchange;
	struct slice share;
	int r;

	if ((r = choose_psk(conn, hello)) != 0)
		return r;
	if (!choose_suite(conn, hello))
		return fail(ERR_NO_COMMON_SUITE);
	if ((r = choose_group(conn, &share)) != 0 ||
	    (r = judge_retry(conn, share)) != 0)
		return r;
	if ((r = early_judge(conn)) != 0)
		return r;
	if (share.len == 0)
		return 0; /* the rest is chosen from the second ClientHello */
	if (conn->psk == NULL && ((r = find_certificates(conn)) != 0 ||
				     (r = choose_scheme(conn)) != 0))
		return r;
	exchange->group = conn->group;
	writer_free(&exchange->share);
	writer_init(&exchange->share, RECORD_PLAINTEXT_MAX);
	return group_answer(conn->group, share, &exchange->share,
	    exchange->secret, &exchange->secret_len);
}

int
choose_parameters(struct s2n_connection *conn, const struct hello *hello)
{
	int r;

	if ((r = choose_version(conn, hello)) != 0 ||
	    (r = judge_hello(conn, hello)) != 0 ||
	    (r = choose_protocol(conn)) != 0)
		return r;
	if (conn->version >= S2N_TLS13)
		return choose13_parameters(conn, hello);
	if ((r = resume12_find(conn, hello)) != 0 || conn->resumed)
		return r;
	if ((r = find_certificates(conn)) != 0 ||
	    (r = choose12_parameters(conn, hello)) != 0)
		return r;
	return resume12_name(conn);
}
